import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import type { Http } from '../http.ts'
import { endOfHistory, isQueued, readHistory, type ExecutionError, type JobEnd, type NodeOutput } from './job-record.ts'
import type { PreviewFrame, ServerMessage, ServerSocket } from './socket.ts'

/** How long a job may be silent on the socket before history and queue are asked, in milliseconds. */
const silence = { first: 2000, longest: 15_000, afterLoss: 300 }

export interface JobWatch {
  /** Resolves with the job's end; rejects where it cannot be learnt any more. */
  readonly end: Promise<JobEnd>
  /** Starts asking history as well: to be called when the server has taken the job. */
  submitted(): void
  /** Ends the watch with an error of ours (the server died, the run was closed). */
  fail(error: DiscomfortError): void
}

/**
 * Follows one job on the socket and in history, since each can fail alone. `execution_success` ends it: all outputs were
 * told before on the same socket. An `execution_error` of type ExecutionBlocked is no failure, the job goes on.
 */
export function watchJob(
  server: { http: Http; socket: ServerSocket },
  promptId: string,
  heard: { message?: (message: ServerMessage) => void; preview?: (frame: PreviewFrame) => void },
): JobWatch {
  const outputs = new Map<string, NodeOutput>()
  let settle: { resolve: (end: JobEnd) => void; reject: (error: unknown) => void } | undefined
  const end = new Promise<JobEnd>((resolve, reject) => {
    settle = { resolve, reject }
  })
  end.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  let pause = silence.first
  let lastHeard = 0
  let missing = 0
  let isSubmitted = false

  const stopListening = server.socket.listen(promptId, {
    message(message) {
      lastHeard = Date.now()
      pause = silence.first
      heard.message?.(message)
      const { data } = message
      switch (message.type) {
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
      heard.preview?.(frame)
    },
    lost() {
      pause = silence.afterLoss
      if (isSubmitted) schedule()
    },
  })

  function finish(result: JobEnd): void {
    close()
    settle?.resolve(result)
  }

  function fail(error: unknown): void {
    close()
    settle?.reject(error)
  }

  function close(): void {
    stopListening()
    clearTimeout(timer)
    timer = undefined
    isSubmitted = false
  }

  function schedule(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (Date.now() - lastHeard < pause) schedule()
      else void ask()
    }, pause)
  }

  async function ask(): Promise<void> {
    try {
      const entry = await readHistory(server.http, promptId)
      if (entry) return finish(endOfHistory(entry))
      if (await isQueued(server.http, promptId)) missing = 0
      else if (++missing === 3) {
        return fail(
          new DiscomfortError(
            'ABORTED',
            `The job ${promptId} vanished from the server's queue without an end: somebody removed it, or the server was restarted. Run it again.`,
            { details: { promptId, reason: 'removed from the queue' } },
          ),
        )
      }
    } catch (error) {
      if (!isDiscomfortError(error, 'SERVER_UNREACHABLE')) return fail(error)
      if (++missing === 10) return fail(error)
    }
    if (!isSubmitted) return
    pause = missing > 0 ? silence.afterLoss : Math.min(pause * 1.5, silence.longest)
    schedule()
  }

  return {
    end,
    submitted() {
      isSubmitted = true
      lastHeard = Date.now()
      schedule()
    },
    fail,
  }
}
