import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import { findJob, type JobPlace } from './job-place.ts'
import { endOfHistory, readHistory, type ExecutionError, type JobEnd, type NodeOutput } from './job-record.ts'
import type { JobServer } from './job-server.ts'
import type { PreviewFrame, TextFrame } from './read-frame.ts'
import type { ServerMessage } from './socket.ts'

/** How long a job may be silent on the socket before it is asked for, in milliseconds. */
const silence = { first: 2000, longest: 8000, afterLoss: 300 }
/**
 * How often a server may refuse connections before it counts as lost, and how long it may not answer otherwise: so many
 * times as long as a small answer may take, since whoever computes may be slow to answer.
 */
const refusals = 10
const patiences = 3
/** How often a server must say that it does not know a job, where it may be between its queue and its history. */
const unknowns = 3

export interface JobWatch {
  /** Resolves with the job's end; rejects where it cannot be learnt any more. */
  readonly end: Promise<JobEnd>
  /** Asks for the job as well: to be called when the server has taken it. `instance` is the process that did. */
  submitted(instance?: string): void
  /** Asks now: a socket is open again. */
  check(): void
  /** Ends the watch: the server has taken the job out of its queue, and it will not run. */
  removed(): void
  /** Ends the watch with an error of ours (the server died, the run was closed). */
  fail(error: DiscomfortError): void
}

/** Who wants to hear of a job. */
export interface JobEars {
  readonly onMessage?: ((message: ServerMessage) => void) | undefined
  readonly onPreview?: ((frame: PreviewFrame) => void) | undefined
  /** Texts of nodes and lines of the log, while the job runs. */
  readonly onText?: ((frame: TextFrame) => void) | undefined
  readonly onLog?: ((line: string) => void) | undefined
  /** Called with where the job is, whenever that was asked. */
  readonly onPlace?: ((place: JobPlace) => void) | undefined
}

/**
 * Follows one job on the socket and by asking for it, since each can fail alone. `execution_success` ends it: all outputs
 * were told before on the same socket. An `execution_error` of type ExecutionBlocked is no failure, the job goes on.
 */
export function watchJob(server: JobServer, promptId: string, ears: JobEars): JobWatch {
  const outputs = new Map<string, NodeOutput>()
  const { promise: end, resolve, reject } = withResolvers<JobEnd>()
  end.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  let pause = silence.first
  let lastHeard = 0
  let isSubmitted = false
  let isRunning = false
  let isLost = false
  let isAsking = false
  let shallAskAgain = false
  let instance: string | undefined
  const patience = patiences * server.http.patience
  const doubts = createDoubts(patience)

  const stopListening = server.socket.listen(promptId, {
    message(message) {
      lastHeard = Date.now()
      pause = silence.first
      isLost = false
      ears.onMessage?.(message)
      const { data } = message
      switch (message.type) {
        case 'execution_start':
          isRunning = true
          break
        case 'executed':
          if (data['output']) outputs.set(String(data['node']), data['output'] as NodeOutput)
          break
        case 'execution_success':
          finish({ kind: 'success', outputs })
          break
        case 'execution_interrupted':
          finish({ kind: 'interrupted' })
          break
        case 'execution_error':
          if (data['exception_type'] !== 'ExecutionBlocked')
            finish({ kind: 'failed', error: data as unknown as ExecutionError })
          break
        case 'executing':
          if (data['node'] === null) void ask()
          break
      }
    },
    preview(frame) {
      lastHeard = Date.now()
      ears.onPreview?.(frame)
    },
    text(frame) {
      if (isRunning) ears.onText?.(frame)
    },
    log(line) {
      if (isRunning) ears.onLog?.(line)
    },
    lost() {
      isLost = true
      pause = silence.afterLoss
      if (isSubmitted) schedule()
    },
  })

  function finish(result: JobEnd): void {
    close()
    resolve(result)
  }

  function fail(error: unknown): void {
    close()
    reject(error)
  }

  function close(): void {
    stopListening()
    clearTimeout(timer)
    timer = undefined
    isSubmitted = false
    isRunning = false
  }

  function schedule(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (Date.now() - lastHeard < pause) schedule()
      else void ask()
    }, pause)
  }

  /** One question at a time, so that one moment between queue and history does not count as several. */
  async function ask(): Promise<void> {
    shallAskAgain = isAsking
    if (isAsking) return
    clearTimeout(timer)
    isAsking = true
    try {
      const place = await findJob(server, promptId)
      if (!isSubmitted) return
      ears.onPlace?.(place)
      await settleAt(place)
    } catch (error) {
      if (!isSubmitted) return
      if (!isDiscomfortError(error, 'SERVER_UNREACHABLE')) return fail(error)
      if (doubts.unanswered(error)) {
        fail(error)
        server.isSilent()
      }
    } finally {
      isAsking = false
    }
    if (!isSubmitted) return
    if (shallAskAgain) return ask()
    pause = isLost || doubts.any ? silence.afterLoss : Math.min(pause * 1.5, silence.longest)
    schedule()
  }

  async function settleAt(place: JobPlace): Promise<void> {
    if (instance !== undefined && place.instance !== undefined && place.instance !== instance)
      return fail(restarted(server, promptId))
    if (place.state === 'ended') {
      const entry = place.entry ?? (await readHistory(server.http, promptId))
      // The socket is open and did not say it: it is mute.
      if (entry && isSubmitted && !isLost && Date.now() - lastHeard > silence.first) server.socket.refresh()
      return entry ? finish(endOfHistory(entry)) : fail(vanished(promptId, 'history'))
    }
    if (place.state === 'unknown' || place.state === 'refused') {
      if (place.isSure || doubts.unknown()) fail(vanished(promptId, 'queue'))
      return
    }
    doubts.clear()
    isRunning ||= place.state === 'running'
    if (place.worker === false) server.isUseless()
  }

  return {
    end,
    submitted(by) {
      instance = by
      isSubmitted = true
      lastHeard = Date.now()
      if (!server.socket.isOpen) {
        isLost = true
        pause = silence.afterLoss
      }
      schedule()
    },
    check() {
      // Its messages come to the socket that is open now, where the pack could be told.
      if (server.socket.isOpen && server.hasJobRoutes) isLost = false
      if (isSubmitted) void ask()
    },
    removed: () => finish({ kind: 'interrupted' }),
    fail,
  }
}

/** Counts what speaks for it that a job or its server is gone. */
function createDoubts(patience: number): {
  readonly any: boolean
  clear(): void
  /** Whether it is time to believe that the job is gone. */
  unknown(): boolean
  /** Whether it is time to believe that the server is gone. */
  unanswered(error: DiscomfortError<'SERVER_UNREACHABLE'>): boolean
} {
  let unknown = 0
  let refused = 0
  let since: number | undefined
  return {
    get any() {
      return unknown > 0 || since !== undefined
    },
    clear() {
      unknown = 0
      refused = 0
      since = undefined
    },
    unknown() {
      since = undefined
      refused = 0
      unknown += 1
      return unknown === unknowns
    },
    unanswered({ details }) {
      since ??= Date.now()
      if (details.reason === 'ECONNREFUSED') refused += 1
      return refused === refusals || Date.now() - since > patience
    },
  }
}

function vanished(promptId: string, where: 'queue' | 'history'): DiscomfortError<'ABORTED'> {
  const gone = where === 'queue' ? "the server's queue without an end" : "the server's history before it was read"
  return new DiscomfortError(
    'ABORTED',
    `The job ${promptId} vanished from ${gone}: somebody removed it, or the server was restarted. Run it again.`,
    { details: { promptId, reason: `removed from the ${where}` } },
  )
}

function restarted({ http }: JobServer, promptId: string): DiscomfortError<'SERVER_CRASHED'> {
  return new DiscomfortError(
    'SERVER_CRASHED',
    `ComfyUI at ${http.base} was restarted while it had the job ${promptId}, which is lost. Run it again, or pass retries.`,
    { details: { logTail: [], reason: 'it was restarted' } },
  )
}

/** `Promise.withResolvers` of newer releases of Node. */
function withResolvers<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
} {
  let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...(settle as NonNullable<typeof settle>) }
}
