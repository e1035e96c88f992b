import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DiscomfortError } from '../errors.ts'

const defaultFile = 'discomfort.config.json'

/**
 * The options in a config file: the one named, else discomfort.config.json in the working folder, else none. With false
 * no file is read.
 * @throws {@link DiscomfortError} `CONFIG_INVALID` for a named file that is missing, and for what is no JSON object
 */
export async function readConfig(named?: string | false): Promise<Record<string, unknown>> {
  if (named === false) return {}
  const file = resolve(named ?? defaultFile)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (named === undefined && (cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw invalid(file, 'it cannot be read', cause)
  }
  try {
    const options: unknown = JSON.parse(text)
    if (typeof options === 'object' && options !== null && !Array.isArray(options))
      return options as Record<string, unknown>
  } catch (cause) {
    throw invalid(file, 'it is no JSON', cause)
  }
  throw invalid(file, 'it must hold one JSON object')
}

function invalid(file: string, reason: string, cause?: unknown): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError('CONFIG_INVALID', `The config file ${file} is not usable: ${reason}.`, {
    details: { reason, key: file },
    cause,
  })
}
