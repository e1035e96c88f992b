import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/**
 * A child that leads a process group of its own, so that it can be ended with everything it started.
 * Its standard input is a pipe that we hold: when it closes, because we closed it or died, the child ends itself
 * (see launch.py of the pack). Its output goes to a file. What is POSIX-only about processes sits in this file.
 */
export interface ProcessGroup {
  readonly pid: number
  /** Resolves when the leader has ended. */
  readonly exited: Promise<ProcessExit>
  /** The exit, once it has happened. */
  readonly exit: ProcessExit | undefined
  /** Closes the pipe: asks the child to stop in its own way. */
  requestStop(): void
  /** Kills the whole group at once. */
  kill(): void
  /** Lets go: the group outlives this process from now on. Resolves when the child was told. */
  release(): Promise<void>
}

/** How a process ended. Both are null where that is not known, since it was no child of ours. */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What launch.py of the pack is told so that it no longer watches the pipe. */
const letGo = 'stay\n'

const living = new Set<ProcessGroup>()
let guarded = false

/** Starts a process group. Rejects with the system's error where the file cannot be run. */
export async function startProcessGroup(
  file: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; logFile: string },
): Promise<ProcessGroup> {
  const log = openSync(options.logFile, 'a', 0o600)
  let child: ChildProcess
  try {
    child = spawn(file, args, { stdio: ['pipe', log, log], env: options.env, detached: true, windowsHide: true })
  } finally {
    closeSync(log)
  }
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  let exit: ProcessExit | undefined
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal }
      living.delete(group)
      killGroup(child.pid as number)
      resolve(exit)
    })
  })
  child.stdin?.on('error', () => undefined)
  child.unref()
  ;(child.stdin as unknown as { unref?: () => void } | null)?.unref?.()
  const group: ProcessGroup = {
    pid: child.pid as number,
    exited,
    get exit() {
      return exit
    },
    requestStop: () => child.stdin?.destroy(),
    kill: () => killGroup(child.pid as number),
    release: () => {
      living.delete(group)
      return new Promise((resolve) => {
        child.stdin?.end(letGo, resolve)
      })
    },
  }
  living.add(group)
  guardExit()
  return group
}

/** When this process ends in an orderly way, no group of it stays. A killed process is covered by the closing pipe. */
function guardExit(): void {
  if (guarded) return
  guarded = true
  process.on('exit', () => {
    for (const group of living) group.kill()
  })
}

/** Kills a process with all that it started. */
export function killGroup(pid: number): void {
  try {
    if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true })
    else process.kill(-pid, 'SIGKILL')
  } catch {
    // the group is gone already
  }
}
