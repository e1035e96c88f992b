import { comfyList } from './comfy-list.ts'
import { decodeInt, decodeTree, isIntTree } from './decode-tree.ts'
import { isExactFloat } from './exact-float.ts'
import { type Kind, type KindMapOf, KINDS } from './kinds.ts'
import { Latent } from './latent.ts'
import { Mask } from './mask.ts'
import type { TaggedJson } from './tagged-json.ts'
import { describeTensor, isImageTensor, isMaskTensor } from './tensor-types.ts'
import { isTensor, type Tensor } from './tensor.ts'
import { describe, unsafeInt, wrongType } from './wrong-type.ts'

/** A stored value on its way back: what {@link ValueParts} says, with its tensors by name. */
export interface StoredParts<Image> {
  /** The id of the value, for errors. */
  readonly id: string
  readonly type: string
  readonly list: boolean
  readonly tree: TaggedJson
  readonly tensor: (name: string) => Tensor | undefined
  /** Makes an image of a tensor that can be one. */
  readonly image: (tensor: Tensor) => Image
}

/**
 * The value for the user: IMAGE, MASK and LATENT as their classes, anything else as {@link decodeTree} gives it; a
 * ComfyUI list as an array that is marked as one. With a `kind` it must be of that kind, without lossy coercion.
 *
 * @throws {@link DiscomfortError} `VALUE_TYPE` and `INT_UNSAFE` naming the key; `VALUE_CORRUPT`.
 */
export function decodeValue<Image>(parts: StoredParts<Image>, key?: string, kind?: Kind): unknown {
  if (kind !== undefined) return decodeKind(parts, key, kind)
  if (!parts.list) return decodeItem(parts, parts.tree)
  return comfyList((parts.tree as TaggedJson[]).map((tree) => decodeItem(parts, tree)))
}

function decodeItem<Image>(parts: StoredParts<Image>, tree: TaggedJson): unknown {
  const value = decodeTree(tree, parts)
  switch (parts.type) {
    // Nodes do not always keep to the type they declare: what does not fit its class comes as it is.
    case 'IMAGE':
      return isTensor(value) && isImageTensor(value) ? parts.image(value) : value
    case 'MASK':
      return isTensor(value) && isMaskTensor(value) ? Mask.from(value) : value
    case 'LATENT':
      return isLatentEntries(value) ? Latent.from(value) : value
    default:
      return value
  }
}

function decodeKind<Image>(parts: StoredParts<Image>, key: string | undefined, kind: Kind): KindMapOf<Image>[Kind] {
  const { tree, list, id } = parts
  if (!KINDS.includes(kind)) throw wrongType(`one of the kinds ${KINDS.join(', ')}`, describe(kind), { key })
  if (list) {
    const reason = 'Load it without a kind to get the array.'
    throw wrongType(kind, `a ComfyUI list of ${(tree as TaggedJson[]).length} (${parts.type})`, { key, reason })
  }
  const value = decodeTree(tree, parts)
  const found = isTensor(value) ? describeTensor(value) : describe(value)
  const fail = () => wrongType(kind, `${found} (${parts.type})`, { key })
  switch (kind) {
    case 'STRING':
    case 'COMBO':
      if (typeof value === 'string') return value
      break
    case 'BOOLEAN':
      if (typeof value === 'boolean') return value
      break
    case 'FLOAT':
      if (typeof value === 'number') return value
      if (typeof value === 'bigint' && isExactFloat(value)) return Number(value)
      break
    case 'INT':
      if (typeof value === 'bigint') throw unsafeInt(String(value), key)
      if (typeof value === 'number' && isIntTree(tree)) return value
      break
    case 'BIGINT':
      if (isIntTree(tree)) return decodeInt(tree.int, id)
      break
    case 'IMAGE':
      if (isTensor(value) && isImageTensor(value)) return parts.image(value)
      break
    case 'MASK':
      if (isTensor(value) && isMaskTensor(value)) return Mask.from(value)
      break
    case 'LATENT':
      if (isLatentEntries(value)) return Latent.from(value)
      break
  }
  throw fail()
}

function isLatentEntries(value: unknown): value is { samples: Tensor } {
  const plain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
  return plain && isTensor((value as { samples?: unknown }).samples)
}
