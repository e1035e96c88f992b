import type { Progress } from './progress.ts'
import { fitWidth } from './text-width.ts'
import { printable } from './write.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const barLength = 20
const redrawEvery = 80

/** Progress as one line that is redrawn in place: the bar of the workflow, the current node, its steps, the time. */
export function progressBar(names: readonly string[], out: NodeJS.WriteStream): Progress {
  const begun = Date.now()
  let frame = 0
  let fraction: number | undefined
  let text = ''
  let hasEnded = false
  const timer = setInterval(draw, redrawEvery)
  timer.unref()
  // A second Ctrl-C ends the process in the middle of it.
  process.once('exit', clear)

  function clear(): void {
    out.write('\r\u001B[2K')
  }

  function draw(): void {
    const seconds = Math.floor((Date.now() - begun) / 1000)
    const bar = fraction === undefined ? '' : `${barOf(fraction)} ${String(Math.floor(fraction * 100)).padStart(3)}%  `
    const line = `${frames[frame++ % frames.length]} ${bar}${text}  ${seconds} s`
    out.write(`\r\u001B[2K${fitWidth(line, (out.columns || 80) - 1)}`)
  }

  function keep(line: string): void {
    clear()
    out.write(`${line}\n`)
    draw()
  }

  return {
    stage(stage) {
      fraction = undefined
      text = stage
      draw()
    },
    event(event) {
      const name = names[event.workflowIndex] ?? 'workflow'
      const lead = names.length > 1 ? `${name} (${event.workflowIndex + 1} of ${names.length})` : name
      if (event.type === 'queued') {
        fraction = 0
        text = `${lead}  waiting in the queue${behind(event.position)}`
      } else if (event.type === 'waiting') {
        text = `${lead}  waiting in the queue${behind(event.position)}`
      } else if (event.type === 'started') {
        text = lead
      } else if (event.type === 'nodeStarted') {
        text = `${lead}  ${printable(event.title)}`
      } else if (event.type === 'nodeFinished') {
        fraction = event.overall
      } else if (event.type === 'progress') {
        fraction = event.overall
        text = `${lead}  ${printable(event.title)}${event.max > 1 ? ` ${event.value}/${event.max}` : ''}`
      } else if (event.type === 'warning') {
        keep(`${name}: warning: ${printable(event.message)}`)
      } else if (event.type === 'retrying') {
        fraction = undefined
        text = `${lead}  waiting for ComfyUI`
        keep(`${name}: ${event.code}, attempt ${event.next} follows`)
      } else if (event.type === 'finished') {
        keep(`✔ ${name}  ${(event.milliseconds / 1000).toFixed(1)} s`)
      }
    },
    end() {
      clearInterval(timer)
      process.removeListener('exit', clear)
      if (!hasEnded) clear()
      hasEnded = true
    },
  }
}

function behind(position: number | null): string {
  return position ? ` behind ${position}` : ''
}

function barOf(fraction: number): string {
  const filled = Math.round(Math.max(0, Math.min(1, fraction)) * barLength)
  return '█'.repeat(filled) + '░'.repeat(barLength - filled)
}
