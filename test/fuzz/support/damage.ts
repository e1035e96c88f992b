import type { Random } from '../../support/random.ts'
import { png, textChunk, webp } from '../../workflow/support/pictures.ts'
import { documents } from './documents.ts'
import { junk, markedText } from './junk.ts'

type Holder = Record<string | number, unknown>

/** A damaged file, and what was done to it. */
export interface Damaged {
  readonly source: string | Uint8Array | object
  readonly history: readonly string[]
}

/** Damages one of the documents in a few ways: as data, then as text or bytes, or not at all further. */
export function damagedFile(random: Random): Damaged {
  const history: string[] = []
  const root = { document: structuredClone(random.pick(documents)) }
  for (let times = random.below(6); times >= 0; times -= 1) {
    const [name, change] = random.pick(changes)
    history.push(name)
    change(root, random)
  }
  const document = root.document
  if (typeof document === 'object' && document !== null && random.below(8) === 0) {
    if (random.below(3) === 0) containItself(document as Holder, random)
    return { source: document, history: [...history, 'as data'] }
  }
  return damagedText(markedText(document), history, random)
}

function damagedText(text: string, history: readonly string[], random: Random): Damaged {
  const form = random.below(10)
  if (form < 5) return { source: text, history }
  if (form === 5) return { source: cutText(text, random), history: [...history, 'text cut'] }
  const plain =
    form === 6
      ? png(textChunk('workflow', text))
      : form === 7
        ? webp(`workflow:${text}`)
        : new TextEncoder().encode(text)
  const bytes = form === 8 ? plain : flipBytes(plain, random)
  return { source: bytes, history: [...history, form === 8 ? 'as bytes' : 'bytes flipped'] }
}

function cutText(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const put = random.pick(['', '}', ']', '"', ',', '\\u', 'NaN', '\u0000', '{"nodes":'])
  return text.slice(0, at) + put + text.slice(at + random.below(random.pick([2, 40, text.length])))
}

function flipBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice(0, random.below(4) === 0 ? random.below(bytes.length + 1) : bytes.length)
  for (let times = random.below(8); times >= 0 && copy.length > 0; times -= 1)
    copy[random.below(copy.length)] = random.below(256)
  return copy
}

type Change = (root: { document: unknown }, random: Random) => void

const changes: readonly (readonly [name: string, change: Change])[] = [
  ['value replaced', (root, random) => at(root, random, (holder, key) => put(holder, key, junk(random)))],
  ['value replaced', (root, random) => at(root, random, (holder, key) => put(holder, key, junk(random)))],
  ['key taken away', (root, random) => at(root, random, (holder, key) => void delete holder[key])],
  [
    'key added',
    (root, random) =>
      at(root, random, (holder) => {
        if (!Array.isArray(holder)) put(holder, random.pick(dangerousKeys), junk(random))
      }),
  ],
  [
    'key renamed',
    (root, random) =>
      at(root, random, (holder, key) => {
        const value = holder[key]
        delete holder[key]
        put(holder, random.pick(dangerousKeys), value)
      }),
  ],
  [
    'id changed',
    (root, random) =>
      inNode(root, random, (node) =>
        put(
          node,
          'id',
          random.pick<unknown>([1, 5, -10, -20, '5', '5:6', '', 1.5, -1, 1e300, '__proto__', 'constructor']),
        ),
      ),
  ],
  ['type changed', (root, random) => inNode(root, random, (node) => put(node, 'type', random.pick(types(root))))],
  ['link shuffled', shuffleLink],
  [
    'socket relinked',
    (root, random) =>
      inNode(root, random, (node) => {
        const inputs = node['inputs']
        if (Array.isArray(inputs) && inputs.length > 0)
          put(random.pick(inputs as Holder[]), 'link', random.pick<unknown>([1, 2, 3, 4, 7, 10, 999, '3', 1.5]))
      }),
  ],
  [
    'values moved',
    (root, random) =>
      inNode(root, random, (node) =>
        put(
          node,
          'widgets_values',
          random.pick<unknown>([
            Array.from({ length: random.below(30) }, () => junk(random)),
            { image: junk(random), seed: junk(random) },
            null,
            'text',
          ]),
        ),
      ),
  ],
  [
    'mode changed',
    (root, random) => inNode(root, random, (node) => put(node, 'mode', random.pick([0, 2, 4, 4, 3, -1]))),
  ],
  ['nodes multiplied', multiplyNodes],
  ['part copied elsewhere', copyPart],
  [
    'nested deeply',
    (root, random) => at(root, random, (holder, key) => put(holder, key, nest(random.pick([20, 150, 250, 5000])))),
  ],
  [
    'long text',
    (root, random) =>
      at(root, random, (holder, key) =>
        put(holder, key, random.pick(['x', '{', '%a.b%', '{a|', '9', '/*', '\\']).repeat(random.pick([5000, 200_000]))),
      ),
  ],
  [
    'long list',
    (root, random) =>
      at(root, random, (holder, key) =>
        put(
          holder,
          key,
          Array.from({ length: random.pick([1000, 30_000]) }, () => junk(random)),
        ),
      ),
  ],
]

const dangerousKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'nodes',
  'inputs',
  'definitions',
  '__value__',
  'class_type',
  '',
]

/** As a parser does it: a key like `__proto__` is a key. */
function put(holder: Holder, key: string | number, value: unknown): void {
  if (Array.isArray(holder) && typeof key === 'string') return
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Picks a place of the document by walking down from its root. */
function at(root: { document: unknown }, random: Random, change: (holder: Holder, key: string | number) => void): void {
  let holder = root as unknown as Holder
  let key: string | number = 'document'
  for (let depth = 1 + random.below(8); depth > 0; depth -= 1) {
    const value: unknown = Object.hasOwn(holder, key) ? holder[key] : undefined
    if (typeof value !== 'object' || value === null) break
    const keys = Object.keys(value)
    if (keys.length === 0) break
    holder = value as Holder
    const next = random.pick(keys)
    key = Array.isArray(value) ? Number(next) : next
  }
  change(holder, key)
}

function nodeLists(root: { document: unknown }): Holder[][] {
  const document = root.document as Holder | null
  if (typeof document !== 'object' || document === null) return []
  const definitions = document['definitions'] as Holder | null | undefined
  const subgraphs = typeof definitions === 'object' && definitions !== null ? definitions['subgraphs'] : undefined
  const canvases = [document, ...(Array.isArray(subgraphs) ? (subgraphs as Holder[]) : [])]
  return canvases.flatMap((canvas) => (Array.isArray(canvas?.['nodes']) ? [canvas['nodes'] as Holder[]] : []))
}

function inNode(root: { document: unknown }, random: Random, change: (node: Holder) => void): void {
  const list = nodeLists(root).filter((nodes) => nodes.length > 0)
  const node = list.length > 0 ? random.pick(random.pick(list)) : undefined
  if (typeof node === 'object' && node !== null && !Array.isArray(node)) change(node)
}

/** Classes, page types and subgraphs: also those that hold the node, so that they contain themselves. */
function types(root: { document: unknown }): string[] {
  const definitions = (root.document as { definitions?: { subgraphs?: unknown } } | null)?.definitions
  const subgraphs = Array.isArray(definitions?.subgraphs) ? (definitions.subgraphs as { id?: unknown }[]) : []
  const ids = subgraphs.map((one) => one?.id).filter((id) => typeof id === 'string')
  return [
    ...ids,
    ...ids,
    ...ids,
    'Sample',
    'Show',
    'Batch',
    'Resize',
    'Reroute',
    'PrimitiveNode',
    'SetNode',
    'GetNode',
    'DiscomfortPort',
    'CustomCombo',
    'Unheard',
    'workflow>old',
    '__proto__',
    'constructor',
    '',
  ]
}

function shuffleLink(root: { document: unknown }, random: Random): void {
  const document = root.document as Holder | null
  const links = typeof document === 'object' && document !== null ? document['links'] : undefined
  if (!Array.isArray(links) || links.length === 0) return
  const place = random.below(links.length)
  const link = links[place] as unknown
  if (Array.isArray(link)) link[random.below(6)] = random.pick<unknown>([1, 2, 3, 9, 14, -10, '2', 1e9, null, '*'])
  else links[place] = [place, 1 + random.below(18), random.below(3), 1 + random.below(18), random.below(3), '*']
}

/** Many more nodes of the same sort, chained or not. */
function multiplyNodes(root: { document: unknown }, random: Random): void {
  const list = nodeLists(root).filter((nodes) => nodes.length > 0)
  if (list.length === 0) return
  const nodes = random.pick(list)
  const model = random.pick(nodes)
  if (typeof model !== 'object' || model === null) return
  const count = random.pick([3, 50, 2000])
  for (let copy = 0; copy < count; copy += 1)
    nodes.push({ ...model, ...(random.below(4) === 0 ? {} : { id: 1000 + copy }) })
}

function copyPart(root: { document: unknown }, random: Random): void {
  let part: unknown
  at(root, random, (holder, key) => void (part = holder[key]))
  const size = typeof part === 'object' && part !== null ? Object.keys(part).length : 0
  if (size < 5000) at(root, random, (holder, key) => put(holder, key, cloneOf(part)))
}

/** Deep data cannot be cloned by everything. */
function cloneOf(part: unknown): unknown {
  try {
    return structuredClone(part)
  } catch {
    return null
  }
}

function nest(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { nested: value }
  return value
}

/** Only programs make such data: it holds itself, or one part in so many places that no walk through all would end. */
function containItself(document: Holder, random: Random): void {
  at({ document }, random, (holder, key) => put(holder, key, random.pick([document, holder, shared(100)])))
}

function shared(levels: number): unknown {
  let value: unknown = {}
  for (let level = 0; level < levels; level += 1) value = [value, value]
  return value
}
