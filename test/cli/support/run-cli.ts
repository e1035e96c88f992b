import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The built command line. */
export const mainScript = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

export interface CliResult {
  readonly code: number | null
  /** What ended the process, where it did not end by itself. */
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command line as people do, without a terminal. Variables that are undefined are taken away. */
export function runCli(
  args: readonly string[],
  options: {
    cwd?: string
    env?: Record<string, string | undefined>
    onStderr?: (text: string, kill: Kill) => void
  } = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      CI: undefined,
      DISCOMFORT_SERVER: undefined,
      DISCOMFORT_LOG: undefined,
      ...options.env,
    }
    const child = spawn(process.execPath, [mainScript, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      options.onStderr?.(stderr, (signal) => child.kill(signal))
    })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

type Kill = (signal: NodeJS.Signals) => void
