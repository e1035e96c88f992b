import { isDead, type Owner } from '../../process-owner.ts'
import type { ProcessExit, ProcessGroup } from '../launch/process-group.ts'

const lookEvery = 500

/** A process that is no child of ours, in the shape of one: its end is noticed, and nothing here stops it. */
export function watchProcess(owner: Owner): ProcessGroup & { stopWatching(): void } {
  let exit: ProcessExit | undefined
  let timer: NodeJS.Timeout | undefined
  const exited = new Promise<ProcessExit>((resolve) => {
    timer = setInterval(() => {
      if (!isDead(owner)) return
      clearInterval(timer)
      exit = { code: null, signal: null }
      resolve(exit)
    }, lookEvery).unref()
  })
  return {
    pid: owner.pid,
    exited,
    get exit() {
      return exit
    },
    requestStop: () => undefined,
    kill: () => undefined,
    release: () => Promise.resolve(),
    stopWatching: () => clearInterval(timer),
  }
}
