import type { Progress } from './progress.ts'
import { printable, tell } from './write.ts'

/** Progress as plain lines, for logs: each node when it starts, its steps four times, each workflow when it ends. */
export function progressLines(names: readonly string[]): Progress {
  let told = ''
  return {
    stage: tell,
    event(event) {
      const name = names[event.workflowIndex] ?? 'workflow'
      const say = (text: string) => tell(`${name}: ${printable(text)}`)
      if (event.type === 'queued') say('queued')
      else if (event.type === 'cached') say(`${event.nodes.length} nodes are in ComfyUI's cache already`)
      else if (event.type === 'nodeStarted' && !event.node.startsWith('discomfort:'))
        say(`${event.title} (node ${event.node})`)
      else if (event.type === 'retrying') say(`${event.code}, attempt ${event.next} follows`)
      else if (event.type === 'warning') say(`warning: ${event.message}`)
      else if (event.type === 'finished') say(`finished in ${(event.milliseconds / 1000).toFixed(1)} s`)
      else if (event.type === 'progress' && event.max > 1) {
        const quarter = Math.floor((4 * event.value) / event.max)
        const mark = `${event.workflowIndex} ${event.node} ${quarter}`
        if (mark !== told && quarter > 0) say(`${event.title} ${event.value}/${event.max}`)
        told = mark
      }
    },
    end: () => undefined,
  }
}
