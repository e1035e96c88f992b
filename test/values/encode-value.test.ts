import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { comfyList, isComfyList } from '../../src/values/comfy-list.ts'
import { ComfyObject } from '../../src/values/comfy-object.ts'
import { decodeValue } from '../../src/values/decode-value.ts'
import { encodeValue } from '../../src/values/encode-value.ts'
import type { Kind } from '../../src/values/kinds.ts'
import { Latent } from '../../src/values/latent.ts'
import { Mask } from '../../src/values/mask.ts'
import { Tensor } from '../../src/values/tensor.ts'
import { tuple } from '../../src/values/tuple.ts'
import { typedValue } from '../../src/values/typed-value.ts'

/** Stands for the image class, which these pure modules do not know. */
class Picture {
  readonly tensor: Tensor
  constructor(tensor: Tensor) {
    this.tensor = tensor
  }
  get [typedValue]() {
    return { type: 'IMAGE', value: this.tensor }
  }
}

/** The classes of files stand for what they are made of. */
const classes = {
  image: (tensor: Tensor) => new Picture(tensor),
  audio: (entries: unknown) => entries,
  video: (object: unknown) => object,
}

const imageTensor = (shape = [1, 2, 2, 3]) => Tensor.from(new Float32Array(shape.reduce((a, b) => a * b)), shape)
const maskTensor = () => Tensor.from(new Float32Array(4), [1, 2, 2])
const latentTensor = () => Tensor.from(new Float32Array(16), [1, 4, 2, 2])

function back(value: unknown, type: string, kind?: Kind): unknown {
  const encoded = encodeValue(value, type, 'k')
  const tensor = (name: string) => encoded.tensors[Number(name)]
  return decodeValue({ ...encoded, id: 'test', tensor, classes }, 'k', kind)
}

describe('encoding for a type', () => {
  it.each<[string, unknown, string, unknown]>([
    ['INT', 7, 'INT', { int: '7' }],
    ['INT', 2n ** 64n - 1n, 'INT', { int: '18446744073709551615' }],
    ['FLOAT', 7, 'FLOAT', 7],
    ['FLOAT', 7n, 'FLOAT', 7],
    ['FLOAT', NaN, 'FLOAT', { float: 'nan' }],
    ['FLOAT', -0, 'FLOAT', { float: '-0' }],
    ['FLOAT', 2 ** 70, 'FLOAT', 2 ** 70],
    ['STRING', '7', 'STRING', '7'],
    ['BOOLEAN', false, 'BOOLEAN', false],
    ['COMBO', 'euler', 'COMBO', 'euler'],
    ['COMBO', 512, 'COMBO', { int: '512' }],
    ['INT,FLOAT', 7, 'INT', { int: '7' }],
    ['INT,FLOAT', 7.5, 'FLOAT', 7.5],
    ['STRING,*', 7.5, 'FLOAT', 7.5],
    ['BBOX', [1], 'BBOX', [{ int: '1' }]],
    ['*', 'text', 'STRING', 'text'],
    ['*', true, 'BOOLEAN', true],
    ['*', 7, 'INT', { int: '7' }],
    ['*', 7n, 'INT', { int: '7' }],
    ['*', 7.5, 'FLOAT', 7.5],
    ['*', 2 ** 60, 'FLOAT', 2 ** 60],
    ['*', null, '*', null],
    ['*', [1.5], 'LIST', [1.5]],
    ['*', tuple([1.5]), 'TUPLE', { tuple: [1.5] }],
    ['*', { a: 1.5 }, 'DICT', { dict: [['a', 1.5]] }],
    ['*', new Map([[1.5, 2.5]]), 'DICT', { dict: [[1.5, 2.5]] }],
  ])('%s takes %o', (type, value, found, tree) => {
    expect(encodeValue(value, type)).toEqual({ type: found, list: false, tree, tensors: [], dtype: null, shape: null })
  })

  it.each<[string, unknown, string]>([
    ['INT', 7.9, 'the number 7.9'],
    ['INT', '7', 'the string "7"'],
    ['INT', true, 'the boolean true'],
    ['INT', -0, 'the number -0'],
    ['INT', NaN, 'the number NaN'],
    ['INT', null, 'null'],
    ['FLOAT', '7', 'the string "7"'],
    ['FLOAT', 2n ** 64n - 1n, 'the bigint 18446744073709551615'],
    ['BOOLEAN', 'false', 'the string "false"'],
    ['BOOLEAN', 0, 'the number 0'],
    ['STRING', 7, 'the number 7'],
    ['STRING', ['a'], 'an array of 1'],
    ['COMBO', null, 'null'],
    ['IMAGE', 'in.png', 'the string "in.png"'],
    ['IMAGE', Tensor.from(new Float32Array(4), [1, 2, 2]), 'a tensor F32 [1, 2, 2]'],
    ['IMAGE', Tensor.from(new Uint8Array(12), [1, 2, 2, 3]), 'a tensor U8 [1, 2, 2, 3]'],
    ['IMAGE', imageTensor([1, 1, 1, 5]), 'a tensor F32 [1, 1, 1, 5]'],
    ['IMAGE', Mask.from(maskTensor()), 'an object (Mask)'],
    ['MASK', imageTensor(), 'a tensor F32 [1, 2, 2, 3]'],
    ['MASK', new Picture(imageTensor()), 'an object (Picture)'],
    ['LATENT', { noise: 1 }, 'an object (Object)'],
    ['LATENT', latentTensor(), 'an object (Tensor)'],
    ['LATENT', { samples: ComfyObject.from('NestedTensor', { tensors: [] }) }, 'an object (Object)'],
    ['AUDIO', 'a.wav', 'the string "a.wav"'],
    ['AUDIO', { waveform: maskTensor() }, 'an object (Object)'],
    ['AUDIO', { waveform: imageTensor(), sample_rate: 8000 }, 'an object (Object)'],
    ['VIDEO', ComfyObject.from('MESH', {}), "an object of ComfyUI's class MESH"],
    ['SIGMAS', [1, 0], 'an array of 2'],
    ['SIGMAS', maskTensor(), 'a tensor F32 [1, 2, 2]'],
    ['CONDITIONING', maskTensor(), 'an object (Tensor)'],
    ['CONDITIONING', [[maskTensor()]], 'an array of 1'],
    ['INT,FLOAT', '7', 'the string "7"'],
    ['INT', undefined, 'undefined'],
  ])('%s refuses %o', (type, value, found) => {
    expect(() => encodeValue(value, type, 'seed')).toThrow(
      expect.objectContaining({
        code: 'VALUE_TYPE',
        message: expect.stringContaining('"seed"'),
        details: expect.objectContaining({ key: 'seed', found }),
      }),
    )
  })

  it('tells that a whole number is not exact', () => {
    expect(() => encodeValue(2 ** 53, 'INT', 'seed')).toThrow(
      expect.objectContaining({ code: 'INT_UNSAFE', details: { key: 'seed', value: '9007199254740992' } }),
    )
  })

  it('points from an array of images to comfyList', () => {
    expect(() => encodeValue([new Picture(imageTensor())], 'IMAGE')).toThrow(/comfyList/)
  })

  it('describes the one tensor of an image, a mask and a latent', () => {
    expect(encodeValue(new Picture(imageTensor()))).toMatchObject({ type: 'IMAGE', dtype: 'F32', shape: [1, 2, 2, 3] })
    expect(encodeValue(maskTensor(), 'MASK')).toMatchObject({ type: 'MASK', dtype: 'F32', shape: [1, 2, 2] })
    const latent = Latent.from({ samples: latentTensor(), noise_mask: maskTensor() })
    expect(encodeValue(latent)).toMatchObject({ type: 'LATENT', dtype: 'F32', shape: [1, 4, 2, 2] })
    expect(encodeValue({ noise_mask: maskTensor(), samples: latentTensor() }, 'LATENT')).toMatchObject({
      shape: [1, 4, 2, 2],
    })
    expect(encodeValue({ samples: latentTensor() })).toMatchObject({ type: 'DICT', dtype: null, shape: null })
  })

  it('makes ComfyUI lists of comfyList only, with the type of the items', () => {
    const images = comfyList([new Picture(imageTensor()), new Picture(imageTensor([1, 3, 1, 3]))])
    expect(encodeValue(images)).toMatchObject({
      type: 'IMAGE',
      list: true,
      tree: [{ tensor: '0' }, { tensor: '1' }],
      shape: null,
    })
    expect(encodeValue(comfyList([1, 2]), 'FLOAT')).toMatchObject({ type: 'FLOAT', list: true, tree: [1, 2] })
    expect(encodeValue(comfyList([1, 'a']))).toMatchObject({ type: '*', list: true })
    expect(encodeValue(comfyList([]), 'IMAGE')).toMatchObject({ type: 'IMAGE', list: true, tree: [] })
    expect(() => encodeValue(comfyList([1, 7.9]), 'INT', 'k')).toThrow(/"k\[1\]"/)
    expect(isComfyList(images.map((image) => image))).toBe(false)
  })

  it('never loses anything: a value that is taken comes back the same', () => {
    const types = fc.constantFrom(
      'INT',
      'FLOAT',
      'STRING',
      'BOOLEAN',
      'COMBO',
      '*',
      'INT,FLOAT',
      'FLOAT,INT',
      'STRING,FLOAT',
    )
    const values = fc.oneof(fc.integer(), fc.double(), fc.bigInt(), fc.string(), fc.boolean(), fc.maxSafeInteger())
    fc.assert(
      fc.property(types, values, (type, value) => {
        let found: unknown
        try {
          found = back(value, type)
        } catch (error) {
          expect(isDiscomfortError(error, 'VALUE_TYPE') || isDiscomfortError(error, 'INT_UNSAFE')).toBe(true)
          return
        }
        // A bigint may come back as the number that is equal to it, and the other way round.
        if (typeof value === 'bigint' || typeof found === 'bigint') expect(found == value).toBe(true) // oxlint-disable-line eqeqeq
        else expect(found).toBe(value)
      }),
      { numRuns: 500 },
    )
  })
})

describe('decoding by kind', () => {
  it.each<[Kind, unknown, string, unknown]>([
    ['INT', 7, 'INT', 7],
    ['BIGINT', 7, 'INT', 7n],
    ['BIGINT', 2n ** 70n, 'INT', 2n ** 70n],
    ['FLOAT', 7, 'INT', 7],
    ['FLOAT', 7, 'FLOAT', 7],
    ['FLOAT', 2n ** 60n, 'INT', 2 ** 60],
    ['FLOAT', Infinity, 'FLOAT', Infinity],
    ['STRING', 'a', '*', 'a'],
    ['COMBO', 'a', 'STRING', 'a'],
    ['BOOLEAN', false, 'BOOLEAN', false],
  ])('%s of %o', (kind, value, type, expected) => {
    expect(back(value, type, kind)).toBe(expected)
  })

  it.each<[Kind, unknown, string]>([
    ['INT', 7.9, '*'],
    ['INT', 7, 'FLOAT'],
    ['INT', '7', '*'],
    ['INT', true, '*'],
    ['BIGINT', 7.5, '*'],
    ['FLOAT', '7', '*'],
    ['FLOAT', 2n ** 60n + 1n, '*'],
    ['FLOAT', 10n ** 400n, '*'],
    ['BOOLEAN', 'false', '*'],
    ['BOOLEAN', 0, '*'],
    ['STRING', 7, '*'],
    ['STRING', null, '*'],
    ['IMAGE', maskTensor(), '*'],
    ['MASK', imageTensor(), '*'],
    ['LATENT', { a: 1 }, '*'],
    ['AUDIO', { sample_rate: 8000 }, '*'],
    ['VIDEO', ComfyObject.from('MESH', {}), '*'],
    ['SIGMAS', maskTensor(), '*'],
    ['MESH', ComfyObject.from('VOXEL', {}), '*'],
    ['CLIP_VISION_OUTPUT', { image_embeds: null }, '*'],
    ['IMAGE', comfyList([imageTensor()]), 'IMAGE'],
    ['NUMBER' as Kind, 7, '*'],
  ])('%s refuses %o', (kind, value, type) => {
    expect(() => back(value, type, kind)).toThrow(
      expect.objectContaining({ code: 'VALUE_TYPE', details: expect.objectContaining({ key: 'k' }) }),
    )
  })

  it('names key, expected and found', () => {
    expect(() => back('0.7', '*', 'FLOAT')).toThrow('The value "k" is the string "0.7" (STRING), and FLOAT is wanted.')
  })

  it('tells of an int that is no exact number', () => {
    expect(() => back(2n ** 60n + 1n, 'INT', 'INT')).toThrow(
      expect.objectContaining({ code: 'INT_UNSAFE', details: { key: 'k', value: '1152921504606846977' } }),
    )
  })

  it('gives images, masks and latents as their classes, with and without a kind', async () => {
    for (const kind of ['IMAGE', undefined] as const) expect(back(imageTensor(), 'IMAGE', kind)).toBeInstanceOf(Picture)
    for (const kind of ['MASK', undefined] as const) expect(back(maskTensor(), 'MASK', kind)).toBeInstanceOf(Mask)
    const samples = latentTensor()
    const entries = { samples, noise_mask: maskTensor(), batch_index: [0], type: 'audio' }
    for (const kind of ['LATENT', undefined] as const) {
      const latent = back(entries, 'LATENT', kind) as Latent
      expect(latent).toBeInstanceOf(Latent)
      expect(latent.samples).toBe(samples)
      expect(latent.noiseMask?.shape).toEqual([1, 2, 2])
      expect(latent.batchIndex).toEqual([0])
      expect(Object.keys(latent.entries)).toEqual(['samples', 'noise_mask', 'batch_index', 'type'])
      expect(await latent.load()).toBe(latent)
    }
  })

  it.each([
    ['CLIP_VISION_OUTPUT', 'ClipVisionOutput'],
    ['MESH', 'MESH'],
    ['VOXEL', 'VOXEL'],
    ['SPLAT', 'SPLAT'],
    ['FILE_3D', 'File3D'],
    ['SVG', 'SVG'],
  ] as const)('gives %s as an object of its class, which goes back as that type', (kind, name) => {
    const object = ComfyObject.from(name, { data: imageTensor(), count: 1 })
    for (const found of [back(object, kind, kind), back(object, kind)]) {
      expect(found).toMatchObject({ name, type: kind, fields: object.fields })
      expect(encodeValue(found)).toMatchObject({ type: kind, tree: encodeValue(object).tree })
    }
  })

  it('gives sigmas as a tensor and conditioning as pairs', () => {
    const sigmas = Tensor.from(new Float32Array([1, 0.5, 0]))
    expect(back(sigmas, 'SIGMAS', 'SIGMAS')).toBe(sigmas)
    const pairs = [[maskTensor(), { pooled_output: null, area: tuple(['percentage', 0.5]) }]]
    expect(back(pairs, 'CONDITIONING', 'CONDITIONING')).toEqual(pairs)
  })

  it('gives a latent of several tensors as one, whose samples are the first', async () => {
    const [video, audio] = [Tensor.from(new Float32Array(8), [1, 2, 1, 2, 2]), Tensor.from(new Float32Array(4), [1, 4])]
    const samples = ComfyObject.from('NestedTensor', { tensors: [video, audio] })
    const latent = back({ samples, noise_mask: samples }, 'LATENT', 'LATENT') as Latent
    expect(latent.samples).toBe(video)
    expect(latent.streams).toEqual([video, audio])
    expect(latent.noiseMask).toBeUndefined()
    expect(encodeValue(latent)).toMatchObject({ type: 'LATENT', dtype: null, shape: null })
    expect(await latent.load()).toBe(latent)
  })

  it('gives what a node declared wrongly as it is', () => {
    expect(decodeValue({ id: 'x', type: 'IMAGE', list: false, tree: 'none', tensor: () => undefined, classes })).toBe(
      'none',
    )
  })

  it('gives ComfyUI lists as arrays that are lists when they are saved again', () => {
    const list = back(comfyList([imageTensor(), imageTensor()]), 'IMAGE') as unknown[]
    expect(list).toHaveLength(2)
    expect(list[0]).toBeInstanceOf(Picture)
    expect(encodeValue(list)).toMatchObject({ list: true, type: 'IMAGE' })
  })
})

describe('a mask and a latent', () => {
  it('tell their sizes', async () => {
    const mask = Mask.from(Tensor.from(new Float32Array(2 * 3 * 4), [2, 3, 4]))
    expect([mask.batch, mask.height, mask.width]).toEqual([2, 3, 4])
    expect(await mask.pixels()).toHaveLength(24)
    expect(await mask.load()).toBe(mask)
  })

  it('refuse what they are not', () => {
    expect(() => Mask.from(imageTensor())).toThrow(expect.objectContaining({ code: 'VALUE_TYPE' }))
    expect(() => Latent.from({ samples: [] as unknown as Tensor })).toThrow(
      expect.objectContaining({ code: 'VALUE_TYPE' }),
    )
  })
})
