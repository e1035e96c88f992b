import { extname } from 'node:path'
import { PICTURE_ENDINGS } from '../../image/encode-picture.ts'
import { Image } from '../../image/image.ts'
import { readSource, refuseUnreadable } from '../../image/read-source.ts'
import { Audio } from '../../media/audio.ts'
import { SOUND_ENDINGS } from '../../media/endings.ts'
import { fileClasses } from '../../media/file-classes.ts'
import { OBJECT_ENDINGS, openFileObject } from '../../media/file-object.ts'
import { VIDEO_ENDINGS } from '../../media/video-container.ts'
import { Video } from '../../media/video.ts'
import { decodeTree } from '../../values/decode-tree.ts'
import { decodeValue } from '../../values/decode-value.ts'
import { decodeUtf8 } from '../../values/utf8.ts'
import { Tensor } from '../../values/tensor.ts'
import { readPlainJson } from './read-plain-json.ts'
import { openValueFile, readValueBytes } from '../storage/read-value-file.ts'

/** A value that was read from a file of the user's, and the ComfyUI type that it has by itself or was written with. */
export interface OpenedValue {
  readonly value: unknown
  readonly type: string
}

const pictures = [...PICTURE_ENDINGS, '.gif', '.tif', '.tiff', '.avif']

/**
 * The value in a file, by its ending and the type that is wanted; undefined for an ending that is not known. A picture is
 * an IMAGE, as a MASK its transparency or, where it has none, its red or grey.
 *
 * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` where there is no such file; `VALUE_CORRUPT` where it is damaged.
 */
export async function openValue(path: string, type = '*'): Promise<OpenedValue | undefined> {
  const ending = extname(path).toLowerCase()
  if (ending === '.safetensors') return openExported(path)
  if (ending === '.json') return openJson(path)
  if (type === 'MASK') return { value: await Image.openMask(path, { channel: 'auto' }), type }
  if (type === 'IMAGE' || pictures.includes(ending)) return { value: await Image.open(path), type: 'IMAGE' }
  if (SOUND_ENDINGS.includes(ending)) return { value: await Audio.open(path), type: 'AUDIO' }
  if (VIDEO_ENDINGS.includes(ending)) return { value: await Video.open(path), type: 'VIDEO' }
  if (!OBJECT_ENDINGS.includes(ending)) return undefined
  const object = await openFileObject(path)
  return { value: object, type: object.type }
}

async function openExported(path: string): Promise<OpenedValue> {
  // A missing file would be told as a value that was deleted.
  await refuseUnreadable(path)
  const { list, tree, ...header } = await openValueFile(path, path)
  const tensor = (key: string): Tensor | undefined => {
    const entry = header.tensors.get(key)
    const read = (offset: number, length: number) => readValueBytes(path, path, offset, length)
    return entry && new Tensor(entry.dtype, entry.shape, { read }, header.dataStart + entry.start)
  }
  const value = decodeValue({ id: path, type: header.type, list, tree, tensor, classes: fileClasses })
  return { value, type: typeof tree === 'number' ? 'FLOAT' : header.type }
}

async function openJson(path: string): Promise<OpenedValue> {
  const { bytes } = await readSource(path, 'file')
  const tree = readPlainJson(decodeUtf8(bytes), path)
  const value = decodeTree(tree, { id: path, tensor: () => undefined })
  return { value, type: typeof tree === 'number' ? 'FLOAT' : '*' }
}
