import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { ComfyObject, isComfyObject } from '../../src/values/comfy-object.ts'
import { decodeTree } from '../../src/values/decode-tree.ts'
import { encodeTree } from '../../src/values/encode-tree.ts'
import type { TaggedJson } from '../../src/values/tagged-json.ts'
import { Tensor } from '../../src/values/tensor.ts'
import { treeText } from '../../src/values/tree-text.ts'
import { isTuple, tuple } from '../../src/values/tuple.ts'
import { anyValue } from '../support/any-value.ts'

function throughText(value: unknown): unknown {
  const tensors: Tensor[] = []
  const text = treeText(encodeTree(value, tensors))
  return decodeTree(JSON.parse(text), { id: 'test', tensor: (name) => tensors[Number(name)] })
}

function decode(tree: unknown): unknown {
  return decodeTree(tree, { id: 'test', tensor: () => undefined })
}

function nested(levels: number): unknown {
  let value: unknown = 'inside'
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

const anything = anyValue(false)

/** Equality that tells everything apart which the grammar tells apart. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) && isTuple(a) === isTuple(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
    )
  }
  if (isComfyObject(a)) return isComfyObject(b) && a.name === b.name && same(a.fields, b.fields)
  if (a instanceof Map) return b instanceof Map && same([...a], [...b])
  const keys = Object.keys(a)
  return same(keys, Object.keys(b)) && keys.every((key) => same(Reflect.get(a, key), Reflect.get(b, key)))
}

describe('tagged JSON', () => {
  it('gives back every value that it takes, through text', () => {
    fc.assert(
      fc.property(anything, (value) => same(value, throughText(value))),
      { numRuns: 500 },
    )
  })

  it('is a fixed point: what was decoded encodes to the same tree', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const tree = encodeTree(value, [])
        expect(encodeTree(decode(tree), [])).toEqual(tree)
      }),
    )
  })

  it.each([
    [7, { int: '7' }],
    [7n, { int: '7' }],
    [-0, { float: '-0' }],
    [NaN, { float: 'nan' }],
    [Infinity, { float: 'inf' }],
    [-Infinity, { float: '-inf' }],
    [0.5, 0.5],
    [2 ** 60, 2 ** 60],
    [2n ** 60n, { int: '1152921504606846976' }],
    [tuple([1, 'a']), { tuple: [{ int: '1' }, 'a'] }],
    [{ a: null }, { dict: [['a', null]] }],
    [new Map([[1, 2]]), { dict: [[{ int: '1' }, { int: '2' }]] }],
    [new Uint8Array([1, 2]), { bytes: 'AQI=' }],
    [Buffer.from([1, 2]), { bytes: 'AQI=' }],
    [ComfyObject.from('SVG', { data: [] }), { object: ['SVG', { dict: [['data', []]] }] }],
  ])('encodes %o', (value, tree) => {
    expect(encodeTree(value, [])).toEqual(tree)
  })

  it('names tensors in the order of the tree, each once', () => {
    const [a, b] = [Tensor.from(new Float32Array(1)), Tensor.from(new Uint8Array(2))]
    const tensors: Tensor[] = []
    expect(encodeTree([b, { a }, b], tensors)).toEqual([
      { tensor: '0' },
      { dict: [['a', { tensor: '1' }]] },
      { tensor: '0' },
    ])
    expect(tensors).toEqual([b, a])
  })

  it('reads int as a number while that is exact, and as a bigint beyond', () => {
    expect(decode({ int: '9007199254740991' })).toBe(9_007_199_254_740_991)
    expect(decode({ int: '9007199254740993' })).toBe(9_007_199_254_740_993n)
    expect(decode({ int: '-18446744073709551616' })).toBe(-18_446_744_073_709_551_616n)
  })

  it('keeps a whole float a float, wherever in the value it is', () => {
    const tree: TaggedJson = {
      dict: [
        ['float', 1],
        ['int', { int: '1' }],
        ['list', [1, { int: '2' }, -3]],
        ['tuple', { tuple: [0, { int: '0' }] }],
        ['map', { dict: [[{ int: '1' }, 7]] }],
        ['object', { object: ['Fraction', { dict: [['numerator', 24]] }] }],
        ['large', 1e300],
      ],
    }
    expect(encodeTree(decode(tree), [])).toEqual(tree)
  })

  it('takes a whole number that replaces a float for a float, and knows nothing of it in a copy', () => {
    const value = decode({ dict: [['strength', 1]] }) as { strength: number }
    expect(encodeTree({ ...value }, [])).toEqual({ dict: [['strength', { int: '1' }]] })
    value.strength = 2
    expect(encodeTree(value, [])).toEqual({ dict: [['strength', 2]] })
  })

  it('counts the fields of an object as one level', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : ComfyObject.from('x', { inner: deep(levels - 1) }))
    expect(encodeTree(decode(encodeTree(deep(200), [])), [])).toEqual(encodeTree(deep(200), []))
    expect(() => encodeTree(deep(201), [])).toThrow(/deeper than 200 levels/)
  })

  it('says where in an object something is that it refuses', () => {
    const value = [ComfyObject.from('MESH', { faces: new Date() })]
    expect(() => encodeTree(value, [])).toThrow('value[0].faces is an instance of Date')
  })

  it('keeps keys that would reach a prototype as keys like any other', () => {
    const value = decode(JSON.parse('{"dict": [["__proto__", {"dict": [["polluted", true]]}], ["constructor", 1.5]]}'))
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it.each([
    ['undefined', [undefined], 'value[0]'],
    ['a hole', [1, , 3], 'value[1]'], // eslint-disable-line no-sparse-arrays
    ['a function', { a: { 'b c': () => 1 } }, 'value.a["b c"]'],
    ['a date', { when: new Date() }, 'value.when'],
    ['a set', new Set([1]), 'value'],
    ['a class', { x: new URL('file:///') }, 'value.x'],
    ['another typed array', [new Float32Array(1)], 'value[0]'],
    ['a symbol as a key', { [Symbol('s')]: 1 }, 'value'],
    ['a list as a key', new Map([[[1], 2]]), 'value.entry[0]'],
    [
      'keys that are one in Python',
      new Map<unknown, unknown>([
        [1, 'a'],
        [true, 'b'],
      ]),
      'value',
    ],
    ['an endless integer', new Map([['n', 10n ** 4300n]]), 'value.get("n")'],
  ])('refuses %s and says where it is', (_, value, path) => {
    expect(() => encodeTree(value, [])).toThrow(
      expect.objectContaining({ code: 'VALUE_TYPE', details: expect.objectContaining({ reason: path }) }),
    )
  })

  it('takes 200 levels in both directions, and refuses 201', () => {
    const deep = encodeTree(nested(200), [])
    expect(decode(deep)).toEqual(nested(200))
    expect(() => encodeTree(nested(201), [])).toThrow(expect.objectContaining({ code: 'VALUE_TYPE' }))
    expect(() => decode([deep])).toThrow(expect.objectContaining({ code: 'VALUE_CORRUPT' }))
  })

  it.each(['[', '{"tuple":[', '{"dict":[[0,', '{"dict":[[{"tuple":['])(
    'calls endless nesting of %s corrupt',
    (opening) => {
      const closing = Array.from(opening)
        .reverse()
        .map((letter) => ({ '[': ']', '{': '}' })[letter] ?? '')
      const levels = 20_000
      const tree = JSON.parse(`${opening.repeat(levels)}0${closing.join('').repeat(levels)}`) as unknown
      expect(() => decode(tree)).toThrow(expect.objectContaining({ code: 'VALUE_CORRUPT' }))
    },
  )

  it('refuses a value that contains itself', () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    expect(() => encodeTree(loop, [])).toThrow(/value\.self.*contains itself/)
  })

  it.each<[string, unknown]>([
    ['an unknown tag', { pickle: 'x' }],
    ['two keys', { int: '1', float: 'nan' }],
    ['no key', {}],
    ['a number as int', { int: 7 }],
    ['a fraction as int', { int: '7.5' }],
    ['leading zeros', { int: '007' }],
    ['an endless int', { int: '9'.repeat(4301) }],
    ['an unknown float', { float: 'NaN' }],
    ['a bare infinity', JSON.parse('1e999')],
    ['a bare -0', JSON.parse('-0')],
    ['a dict that is no list', { dict: {} }],
    ['a dict entry that is no pair', { dict: [['a']] }],
    [
      'the same key twice',
      {
        dict: [
          ['a', null],
          ['a', null],
        ],
      },
    ],
    ['a list as a key', { dict: [[['a'], null]] }],
    ['a tensor that is not there', { tensor: '0' }],
    ['bad base64', { bytes: 'AQI' }],
    ['base64 with spare bits', { bytes: 'AQJ=' }],
    ['an object without fields', { object: ['MESH'] }],
    ['an object whose fields are a list', { object: ['MESH', []] }],
    ['an object without a name', { object: [null, { dict: [] }] }],
    ['an object with a field that no text names', { object: ['MESH', { dict: [[{ int: '1' }, null]] }] }],
    ['undefined', undefined],
  ])('calls a tree with %s corrupt', (_, tree) => {
    expect(() => decode(tree)).toThrow(expect.objectContaining({ code: 'VALUE_CORRUPT' }))
  })

  it('never fails on foreign JSON in another way than VALUE_CORRUPT', () => {
    const tag = fc.constantFrom('int', 'float', 'tuple', 'dict', 'tensor', 'bytes', 'object', '__proto__', 'x')
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), fc.array(tie('node')), tie('tagged')),
      tagged: fc
        .tuple(tag, tie('node'))
        .map(([key, content]) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(content)}}`) as unknown),
    }))
    fc.assert(
      fc.property(node, (tree) => {
        try {
          decode(tree)
        } catch (error) {
          expect(isDiscomfortError(error, 'VALUE_CORRUPT')).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

/** What a tree holds as a bare number. */
const bareFloat = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0))

describe('the text of a tree', () => {
  it('holds the number that was written', () => {
    fc.assert(
      fc.property(bareFloat, (value) => {
        const text = treeText(value)
        expect(text).toMatch(/[.e]/)
        expect(Number(text)).toBe(value)
      }),
    )
  })

  it.each<[number, string]>([
    [1, '1.0'],
    [0, '0.0'],
    [-2.5, '-2.5'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1.5e300, '1.5e+300'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.25e-7, '1.25e-07'],
    [123.456, '123.456'],
  ])('writes %d as Python does', (value, text) => {
    expect(treeText(value)).toBe(text)
  })

  it('is JSON of the same tree', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const tree: TaggedJson = encodeTree(value, [])
        expect(JSON.parse(treeText(tree))).toEqual(tree)
      }),
    )
  })
})
