import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, Image, Tensor } from 'discomfort'
import { balance } from '../../examples/choose/choose.ts'
import { postcard } from '../../examples/from-code/from-code.ts'
import { parts, portrait } from '../../examples/parts/parts.ts'
import { compare } from '../../examples/references/references.ts'
import { work } from '../../examples/states/states.ts'
import { axes, sweep } from '../../examples/sweep/sweep.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

function gray(level: number): Image {
  return Image.from(Tensor.from(new Float32Array(32 * 32 * 3).fill(level), [1, 32, 32, 3]))
}

async function brightness(image: Image): Promise<number> {
  const pixels = await image.pixels()
  return pixels.reduce((sum, value) => sum + value, 0) / pixels.length
}

describe('the examples', () => {
  it('make a picture out of four parts, the same stitched', async () => {
    const picture = await portrait(discomfort, { prompt: 'a pear', seed: 5 })
    expect(picture.tensor.shape).toEqual([1, 128, 128, 3])
    const stitched = await portrait(discomfort, { prompt: 'a pear', seed: 5, stitch: true })
    expect(await stitched.pixels()).toEqual(await picture.pixels())
    const other = await portrait(discomfort, { prompt: 'a pear', seed: 6 })
    expect(await other.pixels()).not.toEqual(await picture.pixels())
  })

  it('choose a workflow by what another one tells', async () => {
    const dark = await balance(discomfort, gray(0.25))
    expect(dark).toMatchObject({ did: 'lighten', brightness: expect.closeTo(0.25, 2) as number })
    expect(await brightness(dark.image)).toBeGreaterThan(0.3)
    const bright = await balance(discomfort, gray(0.75))
    expect(bright.did).toBe('darken')
    expect(await brightness(bright.image)).toBeLessThan(0.7)
  })

  it('go from state to state', async () => {
    const { history, image } = await work(discomfort)
    expect(history.slice(0, 3)).toEqual(['sketch', 'assess', 'improve'])
    expect(history.at(-1)).toBe('done')
    expect(history.length).toBeLessThan(15)
    expect(image.tensor.shape).toEqual([1, 256, 256, 3])
  })

  it('sweep over parameters onto a contact sheet', async () => {
    const sheet = await sweep(discomfort)
    expect(sheet.tensor.shape).toEqual([1, axes['KSampler.cfg'].length * 128, axes.seed.length * 128, 3])
    const [first] = parts
    expect(first?.pathname).toMatch(/load\.json$/)
  })

  it('put a LoRA and a ControlNet between the parts by reference', async () => {
    const { plain, styled, guided } = await compare(discomfort, { outline: gray(0.6), seed: 5 })
    const [one, two, three] = await Promise.all([plain, styled, guided].map((image) => image.pixels()))
    expect(two).not.toEqual(one)
    expect(three).not.toEqual(two)
    const again = await portrait(discomfort, { prompt: 'a red apple on a table', seed: 5 })
    expect(await again.pixels()).toEqual(one)
  })

  it('run workflows that code makes', async () => {
    const card = await postcard(discomfort, gray(0.25))
    expect(card.tensor.shape).toEqual([1, 64, 96, 3])
    expect(await brightness(card)).toBeCloseTo(0.75, 2)
  })
})
