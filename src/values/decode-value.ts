import { isAudioEntries } from './audio-entries.ts'
import { comfyList } from './comfy-list.ts'
import { ComfyObject, isComfyObject } from './comfy-object.ts'
import { isConditioning } from './conditioning.ts'
import { decodeInt, decodeTree, isIntTree } from './decode-tree.ts'
import { isExactFloat } from './exact-float.ts'
import { type Kind, KINDS } from './kinds.ts'
import { Latent } from './latent.ts'
import { Mask } from './mask.ts'
import { isObjectKind, isObjectOf } from './object-kinds.ts'
import type { TaggedJson } from './tagged-json.ts'
import { describeTensor, isImageTensor, isMaskTensor, isSamples, isSigmasTensor } from './tensor-types.ts'
import { isTensor, type Tensor } from './tensor.ts'
import type { ValueClasses } from './value-classes.ts'
import { describe, unsafeInt, wrongType } from './wrong-type.ts'

/** A stored value on its way back: what {@link ValueParts} says, with its tensors by name. */
export interface StoredParts {
  /** The id of the value, for errors. */
  readonly id: string
  readonly type: string
  readonly list: boolean
  readonly tree: TaggedJson
  readonly tensor: (name: string) => Tensor | undefined
  readonly classes: ValueClasses
}

/**
 * The value for the user: of the class that its type has, anything else as {@link decodeTree} gives it; a ComfyUI list as
 * an array that is marked as one. With a `kind` it must be of that kind, without lossy coercion.
 *
 * @throws {@link DiscomfortError} `VALUE_TYPE` and `INT_UNSAFE` naming the key; `VALUE_CORRUPT`.
 */
export function decodeValue(parts: StoredParts, key?: string, kind?: Kind): unknown {
  if (kind !== undefined) return decodeKind(parts, key, kind)
  if (!parts.list) return decodeItem(parts, parts.tree)
  return comfyList((parts.tree as TaggedJson[]).map((tree) => decodeItem(parts, tree)))
}

/** Nodes do not always keep to the type they declare: what does not fit its class comes as it is. */
function decodeItem(parts: StoredParts, tree: TaggedJson): unknown {
  const value = typed(decodeTree(tree, parts), parts.type)
  return ofClass(value, parts.type, parts.classes) ?? value
}

function decodeKind(parts: StoredParts, key: string | undefined, kind: Kind): unknown {
  const { tree, list, type } = parts
  if (!KINDS.includes(kind)) throw wrongType(`one of the kinds ${KINDS.join(', ')}`, describe(kind), { key })
  if (list) {
    const reason = 'Load it without a kind to get the array.'
    throw wrongType(kind, `a ComfyUI list of ${(tree as TaggedJson[]).length} (${type})`, { key, reason })
  }
  const value = typed(decodeTree(tree, parts), type)
  const found = ofClass(value, kind, parts.classes) ?? plainOf(value, kind, parts, key)
  if (found !== undefined) return found
  throw wrongType(kind, `${isTensor(value) ? describeTensor(value) : describe(value)} (${type})`, { key })
}

/** An object that is a whole value goes back as the type that it came as. */
function typed(value: unknown, type: string): unknown {
  return isComfyObject(value) ? ComfyObject.from(value.name, value.fields, type) : value
}

/** A value as what stands for its type; undefined where it is not of that type. */
function ofClass(value: unknown, type: string, classes: ValueClasses): unknown {
  if (isTensor(value)) {
    if (type === 'IMAGE' && isImageTensor(value)) return classes.image(value)
    if (type === 'MASK' && isMaskTensor(value)) return Mask.from(value)
    return type === 'SIGMAS' && isSigmasTensor(value) ? value : undefined
  }
  if (type === 'LATENT') return isLatentEntries(value) ? Latent.from(value) : undefined
  if (type === 'AUDIO') return isAudioEntries(value) ? classes.audio(value) : undefined
  if (type === 'CONDITIONING') return isConditioning(value) ? value : undefined
  if (!isObjectKind(type) || !isObjectOf(value, type)) return undefined
  return type === 'VIDEO' ? classes.video(value) : value
}

/** A text, a number or yes and no of a kind; undefined where the value is none. */
function plainOf(value: unknown, kind: Kind, { tree, id }: StoredParts, key: string | undefined): unknown {
  if (kind === 'STRING' || kind === 'COMBO') return typeof value === 'string' ? value : undefined
  if (kind === 'BOOLEAN') return typeof value === 'boolean' ? value : undefined
  if (kind === 'BIGINT') return isIntTree(tree) ? decodeInt(tree.int, id) : undefined
  if (kind === 'FLOAT') {
    if (typeof value === 'number') return value
    return typeof value === 'bigint' && isExactFloat(value) ? Number(value) : undefined
  }
  if (kind !== 'INT') return undefined
  if (typeof value === 'bigint') throw unsafeInt(String(value), key)
  return typeof value === 'number' && isIntTree(tree) ? value : undefined
}

function isLatentEntries(value: unknown): value is { samples: Tensor } {
  const plain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
  return plain && isSamples((value as { samples?: unknown }).samples)
}
