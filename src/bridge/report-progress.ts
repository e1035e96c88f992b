import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { RunEvent } from '../events/event.ts'
import type { Progress } from '../schema/bridge.ts'

/** The node hears of it once in so many milliseconds: a bar shows no more, and each message costs the outer server time. */
const pause = 50

/** Where in the whole of a call a run stands. */
interface Share {
  /** Where it begins and how much of the whole it is, both from 0 to 1. */
  readonly from: number
  readonly size: number
  /** Stands before each text: `Round 3 of 50`. */
  readonly name: string
}

/** Tells of the events of runs, or in the words of a script. Disposing it tells what has not been told. */
export interface Reporter extends Disposable {
  (event: RunEvent, share: Share): void
  tell(value: number, text: string): void
}

/** Tells the outer node how far its call is: at once where nothing was told for a while, else soon and once for all. */
export function reportProgress(connection: MessageConnection, call: string): Reporter {
  let value = 0
  let text = ''
  let preview: Progress['preview']
  let told = -Infinity
  let timer: NodeJS.Timeout | undefined

  function send(): void {
    clearTimeout(timer)
    timer = undefined
    told = performance.now()
    const progress: Progress = { v: 1, call, value, text, ...(preview && { preview }) }
    preview = undefined
    // Where nobody reads any more, the end of the connection ends the call.
    connection.sendNotification('progress', progress).catch(() => undefined)
  }

  function sendSoon(): void {
    if (timer) return
    const wait = told + pause - performance.now()
    if (wait > 0) timer = setTimeout(send, wait)
    else send()
  }

  const report = (event: RunEvent, { from, size, name }: Share): void => {
    const said = textOf(event)
    if (event.type === 'preview') preview = pictureOf(event)
    else if (event.type === 'nodeFinished' || event.type === 'progress')
      value = Math.max(value, Math.min(1, from + size * event.overall))
    else if (said === undefined) return
    if (said !== undefined) text = [name, said].filter((part) => part !== '').join(' · ')
    sendSoon()
  }
  return Object.assign(report, {
    tell(at: number, said: string) {
      value = at
      text = said
      sendSoon()
    },
    [Symbol.dispose]() {
      if (timer) send()
    },
  })
}

function pictureOf({ mediaType, bytes }: RunEvent & { type: 'preview' }): Progress['preview'] {
  return { format: mediaType === 'image/png' ? 'PNG' : 'JPEG', data: Buffer.from(bytes).toString('base64') }
}

/** What an event says for people; undefined where it says nothing. */
function textOf(event: RunEvent): string | undefined {
  if (event.type === 'nodeStarted') return event.title || event.classType
  if (event.type === 'progress') return `${event.title || event.classType} ${event.value}/${event.max}`
  if (event.type === 'text') return event.text
  if (event.type === 'retrying') return `again, since ${event.message}`
  return undefined
}
