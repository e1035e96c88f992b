import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, type Image } from 'discomfort'
import { node, port } from './support/prompts.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

const two = {
  1: node('EmptyImage', { width: 16, height: 16, batch_size: 2, color: 255 }),
  2: node('RebatchImages', { images: ['1', 0], batch_size: 1 }),
  3: port('images', ['2', 0]),
}
const invert = { 1: port('images'), 2: node('ImageInvert', { image: ['1', 0] }), 3: port('inverted', ['2', 0]) }
const ways = [{}, { stitch: true }, { passBy: { images: 'ref', image: 'ref', value: 'ref' } }] as const

describe.each(ways)('between workflows, with %j,', (way) => {
  it('a list of ComfyUI stays a list', async () => {
    const { inverted } = await discomfort.run([two, invert], way)
    expect(inverted).toHaveLength(2)
    for (const image of inverted as Image[]) expect(image.tensor.shape).toEqual([1, 16, 16, 3])
  })

  it('the branch of a lazy switch that is not taken does not run', async () => {
    const make = {
      1: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 0 }),
      2: port('image', ['1', 0]),
    }
    const choose = {
      1: port('image'),
      2: node('TestFail', { message: 'the other branch ran' }),
      3: node('ComfySwitchNode', { switch: true, on_false: ['2', 0], on_true: ['1', 0] }),
      4: port('chosen', ['3', 0]),
    }
    const { chosen } = await discomfort.run([make, choose], { ...way, outputs: { chosen: 'IMAGE' } })
    expect(chosen.tensor.shape).toEqual([1, 16, 16, 3])
  })
})

describe('a blocked output', () => {
  const block = {
    1: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 0 }),
    2: node('TestBlock', { value: ['1', 0], block: true, message: '' }),
    3: port('value', ['2', 0]),
    4: port('image', ['1', 0]),
  }
  const use = { 1: port('value'), 2: node('ImageInvert', { image: ['1', 0] }), 3: port('inverted', ['2', 0]) }

  const missing = [
    ['value', 'blocked'],
    ['inverted', 'blocked'],
  ]

  it.each([{}, { stitch: true }])(
    'blocks what needs it in later workflows, with %j, and all else comes',
    async (way) => {
      const run = discomfort.run([block, use], way)
      expect(Object.keys(await run)).toEqual(['image'])
      expect(run.skipped.map(({ uniqueId, reason }) => [uniqueId, reason])).toEqual(missing)
    },
  )

  it('by reference blocks where it is used', async () => {
    const run = discomfort.run([block, use], { passBy: { value: 'ref' } })
    expect(Object.keys(await run)).toEqual(['image', 'value'])
    expect(run.skipped).toMatchObject([{ uniqueId: 'inverted', reason: 'blocked' }])
  })

  it('leaves the value that a context had, for later rounds and runs', async () => {
    await using context = discomfort.context()
    const make = { 1: block[1], 2: port('value', ['1', 0]), 3: port('image', ['1', 0]) }
    const { image } = await discomfort.run(make, { context })
    const run = discomfort.run([block, use], { context, iterations: 2 })
    expect(Object.keys(await run)).toEqual(['image'])
    expect(context.listKeys()).toEqual(['value', 'image'])
    const { inverted } = await discomfort.run(use, { context, outputs: { inverted: 'IMAGE' } })
    expect(inverted.tensor.shape).toEqual((image as Image).tensor.shape)
  })
})
