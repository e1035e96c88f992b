import { copyFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { PICTURE_ENDINGS } from '../image/encode-picture.ts'
import { Image } from '../image/image.ts'
import { placeFile } from '../image/place-file.ts'
import { Mask } from '../values/mask.ts'
import { Tensor } from '../values/tensor.ts'
import { layOutValue } from '../values/value-layout.ts'
import { wrongType } from '../values/wrong-type.ts'
import type { ContextStore } from './context-store.ts'
import { plainJson } from './plain-json.ts'
import { Reference, valueIsReference } from './reference.ts'
import { valueIsResident } from './resident.ts'
import type { StoredValue } from './stored-value.ts'

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
  // Only JSON can say how a value is made; every other ending wants the value itself.
  if (stored.recipe && ending === '.json') return new Reference(stored.recipe).toFile(path, { overwrite, uniqueId: id })
  if (stored.recipe) throw valueIsReference(id, `file that ends in ${ending}`, stored.recipe.type)
  if (stored.resident) throw valueIsResident(id, `file that ends in ${ending}`, stored.receipt)
  if (PICTURE_ENDINGS.includes(ending)) {
    const image = asImage(await store.decode(stored, id), stored, id)
    return image.toFile(path, { overwrite })
  }
  if (ending === '.json') {
    // Decoding checks the tree, which may come from the server.
    await store.decode(stored, id)
    return placeFile(path, overwrite, plainJson(await store.treeOf(stored), id))
  }
  if (ending !== '.safetensors') {
    throw wrongType(
      `a file name that ends in ${[...PICTURE_ENDINGS, '.json', '.safetensors'].join(', ')}`,
      JSON.stringify(path),
      { key: id },
    )
  }
  const source = store.pathOf(stored)
  if (source !== undefined) return placeFile(path, overwrite, (temporary) => copyFile(source, temporary))
  const { receipt, tree = null } = stored
  return placeFile(path, overwrite, layOutValue({ ...receipt, tree, tensors: [] }).head)
}

function asImage(value: unknown, { receipt }: StoredValue, key: string): Image {
  if (value instanceof Image) return value
  if (!(value instanceof Mask)) {
    throw wrongType('an IMAGE or a MASK for a picture file', `a ${receipt.list ? 'list of ' : ''}${receipt.type}`, {
      key,
    })
  }
  return Image.from(withChannelAxis(value.tensor))
}

/** A mask as a picture of one channel. */
function withChannelAxis(tensor: Tensor): Tensor {
  const read = async (offset: number, length: number) => (await tensor.bytes()).subarray(offset, offset + length)
  return new Tensor(tensor.dtype, [...tensor.shape, 1], { read })
}
