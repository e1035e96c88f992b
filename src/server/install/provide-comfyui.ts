import { createInterface } from 'node:readline/promises'
import { DiscomfortError } from '../../errors.ts'
import { findComfyUI, knownPlaces, type FindOptions } from './find-comfyui.ts'
import { describeInstall, installComfyUI, type InstallProgress } from './install.ts'
import type { Installation } from './installation.ts'

/**
 * The ComfyUI to start; where there is none, the managed one is made, after its size and source were shown:
 * on a terminal with a question, with `CI` or `DISCOMFORT_INSTALL=1` at once. Elsewhere it is an error that says how.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND`, `INSTALL_FAILED`
 */
export async function provideComfyUI(
  options: FindOptions & { signal?: AbortSignal | undefined } = {},
): Promise<Installation> {
  const found = await findComfyUI(options)
  if (found) return found
  const env = options.env ?? process.env
  const tell = (line: string) => process.stderr.write(`${line}\n`)
  const mayAsk = process.stdin.isTTY && process.stderr.isTTY
  if (!env['CI'] && env['DISCOMFORT_INSTALL'] !== '1' && !mayAsk) throw notFound(await knownPlaces())
  tell('There is no ComfyUI here. It would be installed:')
  for (const line of describeInstall()) tell(`  ${line}`)
  if (!env['CI'] && env['DISCOMFORT_INSTALL'] !== '1' && !(await agreesToInstall())) throw notFound(await knownPlaces())
  return installComfyUI({ python: options.python, signal: options.signal, onProgress: progressPrinter(tell) })
}

/** Prints each step once, and of its tool's lines those that name a bigger piece. */
export function progressPrinter(tell: (line: string) => void): (progress: InstallProgress) => void {
  let last = 0
  return ({ step, steps, title, line }) => {
    if (step !== last) tell(`[${step}/${steps}] ${title}`)
    last = step
    if (line && /^\s*(Downloading .*\((\d{2,}\.\d MB|\d+ MB|.*GB)\)|Installing collected packages)/.test(line))
      tell(`      ${line.trim().slice(0, 100)}`)
  }
}

/** Asks on the terminal. Ctrl-C and a closed input mean no. */
export async function agreesToInstall(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('no')))
  try {
    const answer = await Promise.race([terminal.question('Install it now? [Y/n] '), closed])
    return /^(y|yes|)$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}

function notFound(searched: string[]): DiscomfortError<'COMFYUI_NOT_FOUND'> {
  return new DiscomfortError(
    'COMFYUI_NOT_FOUND',
    "No ComfyUI was found. Name yours with the option comfyui or DISCOMFORT_COMFYUI, attach to a running one with server: 'http://127.0.0.1:8188', or make a managed one: npx discomfort install",
    { details: { searched } },
  )
}
