import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What a finished command says: its exit code and the last lines of both its streams. */
export interface CommandResult {
  readonly code: number | null
  readonly lines: readonly string[]
}

/** Runs a command to its end and hands each line it prints to `onLine`. Rejects only when it cannot be started or `signal` fires. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: {
    onLine?: (line: string) => void
    signal?: AbortSignal | undefined
    cwd?: string
    env?: NodeJS.ProcessEnv
  } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.env ? { env: options.env } : {}),
    })
    const lines: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > 200) lines.shift()
        options.onLine?.(line)
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, lines }))
  })
}
