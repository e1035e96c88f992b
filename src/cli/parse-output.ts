import { extname } from 'node:path'
import { EXPORT_ENDINGS } from '../context/user-files/export-value.ts'
import { usageError } from './usage-error.ts'

/** One `--output`: a name, and the file that its value goes to; without a file it is printed. */
export interface WantedOutput {
  readonly name: string
  readonly file: string | undefined
}

/** The endings that a value can be written by. */
const endings = [...EXPORT_ENDINGS, '.txt']

/** @throws {@link DiscomfortError} `CONFIG_INVALID`; before the run, not after it */
export function parseOutput(given: string): WantedOutput {
  const at = given.indexOf('=')
  if (at < 0) return { name: given, file: undefined }
  const [name, file] = [given.slice(0, at), given.slice(at + 1)]
  if (name === '' || file === '')
    throw usageError('--output', `--output ${given} is not complete. Write name=file, or name alone to print it.`)
  if (!endings.includes(extname(file).toLowerCase()))
    throw usageError('--output', `--output ${given}: the file must end in ${endings.join(', ')}.`)
  return { name, file }
}
