import { access, constants, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { openValueFile, readValueBytes } from '../context/read-value-file.ts'
import { DiscomfortError } from '../errors.ts'
import { Image } from '../image/image.ts'
import { fileClasses } from '../media/file-classes.ts'
import { decodeValue } from '../values/decode-value.ts'
import { Tensor } from '../values/tensor.ts'
import { parseJsonText } from '../workflow/json-text.ts'
import { usageError } from './usage-error.ts'

const pictures = ['.png', '.jpg', '.jpeg', '.webp', '.gif', '.tif', '.tiff', '.avif', '.svg']

/**
 * The value in a file, by the type that is wanted and the ending: pictures for IMAGE and MASK, values that were
 * exported (.safetensors), JSON, text.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND`, `VALUE_CORRUPT`, `CONFIG_INVALID` for an ending of which nothing is known
 */
export async function openInputFile(path: string, type: string, name: string): Promise<unknown> {
  const ending = extname(path).toLowerCase()
  if (ending === '.safetensors') return openExported(path)
  if (type === 'MASK') return Image.openMask(path)
  if (type === 'IMAGE') return Image.open(path)
  const isText = type.split(',').some((member) => member === 'STRING' || member === 'COMBO')
  if (isText || ending === '.txt') return readText(path)
  if (ending === '.json') return parseJson(path, await readText(path))
  if (pictures.includes(ending)) return Image.open(path)
  throw usageError(
    '--input',
    `--input ${name}=@${path}: it is not known how to read such a file for ${type}. Pictures, .safetensors, .json and .txt are.`,
  )
}

async function openExported(path: string): Promise<unknown> {
  // A missing file would be told as a value that was deleted.
  await refuseUnreadable(path)
  const header = await openValueFile(path, path)
  const tensor = (key: string): Tensor | undefined => {
    const entry = header.tensors.get(key)
    const read = (offset: number, length: number) => readValueBytes(path, path, offset, length)
    return entry && new Tensor(entry.dtype, entry.shape, { read }, header.dataStart + entry.start)
  }
  const { type, list, tree } = header
  return decodeValue({ id: path, type, list, tree, tensor, classes: fileClasses })
}

/** @throws {@link DiscomfortError} `VALUE_NOT_FOUND` */
export async function refuseUnreadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((cause: unknown) => unreadable(path, cause))
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => unreadable(path, cause))
}

function unreadable(path: string, cause: unknown): never {
  throw new DiscomfortError('VALUE_NOT_FOUND', `The file ${path} cannot be read: ${(cause as Error).message}`, {
    details: { key: path, known: [] },
    cause,
  })
}

function parseJson(path: string, text: string): unknown {
  try {
    return parseJsonText(text)
  } catch (error) {
    throw usageError('--input', `The file ${path}: ${(error as Error).message}`)
  }
}
