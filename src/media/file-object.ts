import { extname } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { placeFile } from '../image/place-file.ts'
import { ComfyObject, isComfyObject } from '../values/comfy-object.ts'
import { isTensor, type Tensor } from '../values/tensor.ts'
import { describe, wrongType } from '../values/wrong-type.ts'
import { hasEnding } from './endings.ts'
import { openFileTensor } from './file-tensor.ts'

/** The endings of 3D files that ComfyUI has types for. */
const MODEL_ENDINGS = [
  '.glb',
  '.gltf',
  '.obj',
  '.fbx',
  '.stl',
  '.usdz',
  '.ply',
  '.splat',
  '.spz',
  '.ksplat',
] as const satisfies readonly string[]

/** The endings of files that are objects of ComfyUI's: 3D files and drawings. */
export const OBJECT_ENDINGS: readonly string[] = [...MODEL_ENDINGS, '.svg']

/**
 * Opens a 3D file or a drawing as the object that ComfyUI has for it. Its bytes are kept as they are, and read when they
 * are asked for.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where there is no such file.
 */
export async function openFileObject(path: string): Promise<ComfyObject> {
  const file = await openFileTensor(path, 'file')
  if (hasEnding(path, ['.svg'])) return ComfyObject.from('SVG', { data: [file] }, 'SVG')
  const format = extname(path).slice(1).toLowerCase()
  return ComfyObject.from('File3D', { file, format }, `FILE_3D_${format.toUpperCase()}`)
}

/**
 * Writes the file that an object is, as it is: a 3D file by the ending of its own format, a single drawing as `.svg`.
 *
 * @throws {@link DiscomfortError} `VALUE_TYPE` for another value or ending; `EXPORT_EXISTS` with `overwrite: false`.
 */
export async function writeFileObject(value: unknown, path: string, overwrite: boolean, key: string): Promise<void> {
  const found = fileOf(value)
  if (!found) throw wrongType(`a 3D file or one drawing for ${path}`, describe(value), { key })
  if (!hasEnding(path, [found.ending])) {
    const reason = 'The file is written as it is.'
    throw wrongType(`a file name that ends in ${found.ending}`, JSON.stringify(path), { key, reason })
  }
  await placeFile(path, overwrite, (temporary) => writeFile(temporary, found.file.stream()))
}

function fileOf(value: unknown): { file: Tensor; ending: string } | undefined {
  if (!isComfyObject(value, 'File3D', 'SVG')) return undefined
  const { file, format, data } = value.fields
  if (value.name === 'File3D') return isTensor(file) ? { file, ending: `.${String(format)}` } : undefined
  const [drawing] = Array.isArray(data) && data.length === 1 ? (data as unknown[]) : []
  return isTensor(drawing) ? { file: drawing, ending: '.svg' } : undefined
}
