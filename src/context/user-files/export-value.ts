import { copyFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { PICTURE_ENDINGS } from '../../image/encode-picture.ts'
import { Image } from '../../image/image.ts'
import { placeFile } from '../../image/place-file.ts'
import { Audio } from '../../media/audio.ts'
import { SOUND_ENDINGS } from '../../media/endings.ts'
import { OBJECT_ENDINGS, writeFileObject } from '../../media/file-object.ts'
import { VIDEO_ENDINGS } from '../../media/video-container.ts'
import { Video } from '../../media/video.ts'
import { Mask } from '../../values/mask.ts'
import { Tensor } from '../../values/tensor.ts'
import { layOutValue } from '../../values/value-layout.ts'
import { wrongType } from '../../values/wrong-type.ts'
import type { ContextStore } from '../context-store.ts'
import { plainJson } from './plain-json.ts'
import { Reference, valueIsReference } from '../reference.ts'
import { valueIsResident } from '../resident.ts'
import type { StoredValue } from '../stored-value.ts'

/** The endings of files that values are written to. */
export const EXPORT_ENDINGS: readonly string[] = [
  ...PICTURE_ENDINGS,
  ...SOUND_ENDINGS,
  ...VIDEO_ENDINGS,
  ...OBJECT_ENDINGS,
  '.json',
  '.safetensors',
]

/** How a value is written to a file of the user's. */
export interface ExportOptions {
  /** Whether a file of that name is replaced (default false). */
  overwrite?: boolean | undefined
}

/** Writes one version of a value to a file, by the ending of its path. */
export async function exportValue(
  store: ContextStore,
  stored: StoredValue,
  { id, path, overwrite = false }: ExportOptions & { id: string; path: string },
): Promise<void> {
  const ending = extname(path).toLowerCase()
  if (!EXPORT_ENDINGS.includes(ending)) {
    throw wrongType(`a file name that ends in ${EXPORT_ENDINGS.join(', ')}`, JSON.stringify(path), { key: id })
  }
  // Only JSON can say how a value is made; every other ending wants the value itself.
  if (stored.recipe && ending === '.json') return new Reference(stored.recipe).toFile(path, { overwrite, uniqueId: id })
  if (stored.recipe) throw valueIsReference(id, `file that ends in ${ending}`, stored.recipe.type)
  if (stored.resident) throw valueIsResident(id, `file that ends in ${ending}`, stored.receipt)
  if (ending === '.safetensors') return copyValueFile(store, stored, path, overwrite)
  // Decoding checks the tree, which may come from the server.
  const value = await store.decode(stored, id)
  if (ending === '.json') return placeFile(path, overwrite, plainJson(await store.treeOf(stored), id))
  if (OBJECT_ENDINGS.includes(ending)) return writeFileObject(value, path, overwrite, id)
  const refuse = (wanted: string) =>
    wrongType(wanted, `a ${stored.receipt.list ? 'list of ' : ''}${stored.receipt.type}`, { key: id })
  if (PICTURE_ENDINGS.includes(ending)) {
    const image = value instanceof Mask ? asImage(value) : value
    if (!(image instanceof Image)) throw refuse('an IMAGE or a MASK for a picture file')
    return image.toFile(path, { overwrite })
  }
  const [kind, wanted] = SOUND_ENDINGS.includes(ending)
    ? [Audio, 'an AUDIO for a sound file']
    : [Video, 'a VIDEO for a video file']
  if (!(value instanceof kind)) throw refuse(wanted)
  return value.toFile(path, { overwrite })
}

async function copyValueFile(
  store: ContextStore,
  stored: StoredValue,
  path: string,
  overwrite: boolean,
): Promise<void> {
  if (store.placeOf(stored)) {
    const source = await store.verifiedPath(stored)
    return placeFile(path, overwrite, (temporary) => copyFile(source, temporary))
  }
  const { receipt, tree = null } = stored
  return placeFile(path, overwrite, layOutValue({ ...receipt, tree, tensors: [] }).head)
}

/** A mask as a picture of one channel. */
function asImage({ tensor }: Mask): Image {
  const read = async (offset: number, length: number) => (await tensor.bytes()).subarray(offset, offset + length)
  return Image.from(new Tensor(tensor.dtype, [...tensor.shape, 1], { read }))
}
