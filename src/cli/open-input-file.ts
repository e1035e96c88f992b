import { extname } from 'node:path'
import { openValue } from '../context/user-files/open-value.ts'
import { readSource } from '../image/read-source.ts'
import { decodeUtf8 } from '../values/utf8.ts'
import { usageError } from './usage-error.ts'

/**
 * The value in a file, by the type that is wanted and the ending: text where text is wanted, everything else as
 * {@link openValue} does it.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND`, `VALUE_CORRUPT`, `CONFIG_INVALID` for an ending of which nothing is known
 */
export async function openInputFile(path: string, type: string, name: string): Promise<unknown> {
  const ending = extname(path).toLowerCase()
  const isText = type.split(',').some((member) => member === 'STRING' || member === 'COMBO')
  if ((isText && ending !== '.safetensors') || ending === '.txt') return readText(path)
  const opened = await openValue(path, type)
  if (opened) return opened.value
  throw usageError(
    '--input',
    `--input ${name}=@${path}: it is not known how to read such a file for ${type}. Pictures, .wav, videos, 3D files, .safetensors, .json and .txt are.`,
  )
}

async function readText(path: string): Promise<string> {
  const { bytes } = await readSource(path, 'file')
  return decodeUtf8(bytes)
}
