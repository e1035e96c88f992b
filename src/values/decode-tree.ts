import { decodeBase64 } from './base64.ts'
import { ComfyObject } from './comfy-object.ts'
import { corruptValue } from './corrupt-value.ts'
import { DEPTH_LIMIT, DIGITS_LIMIT, type TaggedJson } from './tagged-json.ts'
import type { Tensor } from './tensor.ts'
import { tuple } from './tuple.ts'
import { markFloats } from './whole-floats.ts'

/** What decoding needs beside the tree: the name of the value for errors, and its tensors by name. */
export interface DecodeOptions {
  id: string
  tensor: (name: string) => Tensor | undefined
}

/**
 * The JavaScript value that a tree stands for. A dict whose keys are all strings becomes an object without prototype
 * (a key like `__proto__` is then a key like any other), any other a Map; an int becomes a number while that is exact,
 * else a bigint, an object of a class of ComfyUI's a {@link ComfyObject}. `tree` may come from anywhere: it is checked while it is read.
 *
 * @throws {@link DiscomfortError} `VALUE_CORRUPT` for whatever is not in the grammar.
 */
export function decodeTree(tree: unknown, { id, tensor }: DecodeOptions): unknown {
  return decode(tree, 0)

  function decode(node: unknown, depth: number): unknown {
    if (node === null || typeof node === 'string' || typeof node === 'boolean') return node
    if (typeof node === 'number') return decodeNumber(node)
    if (Array.isArray(node)) return items(node, depth)
    if (typeof node !== 'object') throw corruptValue(id, `the tree holds a ${typeof node}`)
    const entries = Object.entries(node)
    if (entries.length !== 1) throw corruptValue(id, `an object of the tree has ${entries.length} keys and not one`)
    const [tag, content] = entries[0]! as [string, unknown]
    switch (tag) {
      case 'int':
        return narrowInt(decodeInt(content, id))
      case 'float':
        return decodeFloat(content)
      case 'tuple':
        return items(list(content, tag), depth, tuple)
      case 'dict':
        return decodeDict(list(content, tag), depth)
      case 'tensor':
        return decodeTensor(content)
      case 'bytes':
        return decodeBytes(content)
      case 'object':
        return decodeObject(content, depth)
      default:
        throw corruptValue(id, `the tag ${JSON.stringify(tag.slice(0, 40))} is unknown`)
    }
  }

  function items(
    nodes: unknown[],
    depth: number,
    make = (values: unknown[]): readonly unknown[] => values,
  ): readonly unknown[] {
    refuseDepth(depth)
    const values = nodes.map((item) => decode(item, depth + 1))
    return markFloats(make(values), new Set(nodes.flatMap((node, index) => (isWholeFloat(node) ? [index] : []))))
  }

  function refuseDepth(depth: number): void {
    if (depth >= DEPTH_LIMIT) throw corruptValue(id, `the tree is deeper than ${DEPTH_LIMIT} levels`)
  }

  function decodeNumber(node: number): number {
    if (!Number.isFinite(node) || Object.is(node, -0)) throw corruptValue(id, `the tree holds the bare number ${node}`)
    return node
  }

  function decodeFloat(content: unknown): number {
    if (typeof content !== 'string' || !Object.hasOwn(FLOATS, content)) {
      throw corruptValue(id, 'a tagged float is none of nan, inf, -inf and -0')
    }
    return FLOATS[content as keyof typeof FLOATS]
  }

  function decodeDict(pairs: unknown[], depth: number): unknown {
    refuseDepth(depth)
    const map = new Map<unknown, unknown>()
    const floats = new Set<unknown>()
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2) throw corruptValue(id, 'an entry of a dict is no pair')
      const [key, item] = pair as [unknown, unknown]
      // Decoded first: that bounds the depth of what is looked into.
      const name = decode(key, depth + 1)
      if (!isHashable(key)) throw corruptValue(id, 'a key of a dict is a list or a dict')
      map.set(name, decode(item, depth + 1))
      if (isWholeFloat(item)) floats.add(name)
    }
    if (map.size !== pairs.length) throw corruptValue(id, 'a dict has the same key twice')
    const named = [...map.keys()].every((key) => typeof key === 'string')
    if (!named) return markFloats(map, floats)
    const record = Object.create(null) as Record<string, unknown>
    for (const [key, item] of map) record[key as string] = item
    return markFloats(record, floats)
  }

  function decodeObject(content: unknown, depth: number): ComfyObject {
    const [name, fields] = Array.isArray(content) && content.length === 2 ? (content as unknown[]) : []
    const named = typeof name === 'string' && typeof fields === 'object' && fields !== null && 'dict' in fields
    const decoded = named ? decode(fields, depth) : undefined
    if (!named || decoded instanceof Map) throw corruptValue(id, 'an object of the tree has no name and named fields')
    return ComfyObject.from(name, decoded as Record<string, unknown>)
  }

  function decodeTensor(content: unknown): Tensor {
    const found = typeof content === 'string' ? tensor(content) : undefined
    if (!found) throw corruptValue(id, `the tree mentions a tensor that is not there`)
    return found
  }

  function decodeBytes(content: unknown): Uint8Array {
    const bytes = typeof content === 'string' ? decodeBase64(content) : undefined
    if (!bytes) throw corruptValue(id, 'bytes of the tree are no base64')
    return bytes
  }

  function list(content: unknown, tag: string): unknown[] {
    if (!Array.isArray(content)) throw corruptValue(id, `a ${tag} of the tree holds no array`)
    return content
  }
}

/** The integer of an `{"int": …}`. */
export function decodeInt(content: unknown, id: string): bigint {
  const digits = typeof content === 'string' ? content.length - (content.startsWith('-') ? 1 : 0) : Infinity
  const valid = typeof content === 'string' && digits <= DIGITS_LIMIT && /^(0|-?[1-9][0-9]*)$/.test(content)
  if (!valid) throw corruptValue(id, 'an int of the tree is no decimal number')
  return BigInt(content)
}

/** Whether a tree is an int, as a tree that was checked already says. */
export function isIntTree(tree: TaggedJson): tree is { int: string } {
  return typeof tree === 'object' && tree !== null && 'int' in tree
}

const FLOATS = { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 } as const

function narrowInt(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** A float that JavaScript takes for an int. */
function isWholeFloat(node: unknown): boolean {
  return typeof node === 'number' && Number.isSafeInteger(node)
}

function isHashable(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return true
  if ('tuple' in key) return Array.isArray(key.tuple) && key.tuple.every(isHashable)
  return !Array.isArray(key) && !('dict' in key)
}
