import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, Resident, type RunEvent } from 'discomfort'
import { failure } from '../support/failure.ts'
import { node, port } from './support/prompts.ts'
import { decode, load, sampler } from './support/text-to-image.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

const sample = {
  1: port('model'),
  2: port('clip'),
  3: node('CLIPTextEncode', { clip: ['2', 0], text: 'a pear' }),
  4: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
  5: node('KSampler', { model: ['1', 0], positive: ['3', 0], negative: ['3', 0], latent_image: ['4', 0], ...sampler }),
  6: port('latent', ['5', 0]),
}
const picture = { 1: node('EmptyImage', { width: 8, height: 8, batch_size: 1, color: 0 }), 2: port('image', ['1', 0]) }
const outputs = { image: 'IMAGE' } as const

describe('values that stay alive in the server', () => {
  it('give the same picture as the others, and nothing is made again for them', async () => {
    await using context = discomfort.context()
    const { image } = await discomfort.run([load, sample, decode], { outputs })
    const expected = await image.pixels()
    const executed: string[] = []
    const onEvent = (event: RunEvent) => {
      if (event.type === 'nodeStarted' && event.classType) executed.push(event.classType)
    }
    const made = await discomfort.run([load, sample], { context, passBy: 'resident' })
    for (const value of Object.values(made)) expect(value).toBeInstanceOf(Resident)
    expect(made['latent']).toMatchObject({ type: 'LATENT', list: false, dtype: 'F32', shape: [1, 16, 8, 8] })
    const kept = await discomfort.run(decode, { context, outputs, onEvent })
    expect(await kept.image.pixels()).toEqual(expected)
    expect(executed).not.toContain('CheckpointLoaderSimple')
    expect(executed).not.toContain('KSampler')
    expect(context.getStorageInfo('model')).toMatchObject({ type: 'MODEL', storage: 'resident', bytes: 0 })
    expect(context.getUsage()).toMatchObject({ residents: 4 })
  })

  it('can be given under another name, and are forgotten with their last key', async () => {
    await using context = discomfort.context()
    const make = { 1: node('TestThing'), 2: port('thing', ['1', 0]) }
    const use = { 1: port('other'), 2: node('TestCountThings', { thing: ['1', 0] }), 3: port('alive', ['2', 0]) }
    const { thing } = await discomfort.run(make, { context, passBy: 'resident' })
    await context.save('other', thing)
    context.delete('thing')
    expect(await discomfort.run(use, { context, outputs: { alive: 'INT' } })).toEqual({ alive: 1 })
    context.delete('other')
    // ComfyUI itself keeps what the last prompt used until the next one.
    const count = { 1: node('TestCountThings'), 2: port('alive', ['1', 0]) }
    await expect.poll(() => discomfort.run(count, { outputs: { alive: 'INT' } })).toEqual({ alive: 0 })
  })

  it('cannot be read as data, and say so', async () => {
    await using context = discomfort.context()
    await discomfort.run(picture, { context, passBy: 'resident' })
    const { message } = await failure('VALUE_IS_REFERENCE', context.load('image', 'IMAGE'))
    expect(message).toContain("passBy: 'resident'")
    await failure('VALUE_IS_REFERENCE', context.exportData('image', '/tmp/never.png'))
  })

  it('that are lists, and pictures, come back as what they are by value', async () => {
    await using context = discomfort.context()
    const two = {
      1: node('EmptyImage', { width: 16, height: 16, batch_size: 2, color: 255 }),
      2: node('RebatchImages', { images: ['1', 0], batch_size: 1 }),
      3: port('images', ['2', 0]),
    }
    await discomfort.run(two, { context, passBy: { images: 'resident' } })
    const invert = { 1: port('images'), 2: node('ImageInvert', { image: ['1', 0] }), 3: port('inverted', ['2', 0]) }
    const { inverted } = await discomfort.run(invert, { context })
    expect(inverted).toHaveLength(2)
  })

  it('are gone with the server that they lived in, which is an error that says so before anything runs', async () => {
    const own = await Discomfort.create({ ...inject('launch'), exclusive: true })
    await using context = own.context()
    const use = { 1: port('image'), 2: node('ImageInvert', { image: ['1', 0] }), 3: port('out', ['2', 0]) }
    await own.run(picture, { context, passBy: 'resident' })
    const { message } = await failure('VALUE_GONE', discomfort.run(use, { context }))
    expect(message).toMatch(/The value for "Port image" cannot be had: .*kept alive in a ComfyUI process/)
    await own.close()
  })
})
