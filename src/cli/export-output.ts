import { extname } from 'node:path'
import type { WorkflowContext } from '../context/workflow-context.ts'
import { PICTURE_ENDINGS } from '../image/encode-picture.ts'
import { Image } from '../image/image.ts'
import { placeFile } from '../image/place-file.ts'
import { usageError } from './usage-error.ts'

/** Writes a value to a file by its ending, several pictures to numbered ones; gives the files that were written. */
export async function exportOutput(
  context: WorkflowContext,
  name: string,
  file: string,
  overwrite: boolean,
): Promise<string[]> {
  const ending = extname(file)
  const value = await context.load(name)
  if (ending.toLowerCase() === '.txt') {
    if (typeof value !== 'string')
      throw usageError('--output', `The output "${name}" is no text: write it to .json or .safetensors.`)
    await placeFile(file, overwrite, value)
    return [file]
  }
  const pictures = PICTURE_ENDINGS.includes(ending.toLowerCase()) ? picturesIn(value) : []
  if (pictures.length < 2) {
    await context.exportData(name, file, { overwrite })
    return [file]
  }
  const files = pictures.map((_, index) => `${file.slice(0, -ending.length)}-${index + 1}${ending}`)
  for (const [index, picture] of pictures.entries()) await picture.toFile(files[index] as string, { overwrite })
  return files
}

/** The single pictures of a batch or a list of images. */
function picturesIn(value: unknown): Image[] {
  if (Array.isArray(value)) return value.flatMap(picturesIn)
  if (!(value instanceof Image)) return []
  return Array.from({ length: value.batch }, (_, index) => value.slice(index, index + 1))
}
