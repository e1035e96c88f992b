import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { comfyList, Discomfort, Image, Latent, Mask, Tensor } from 'discomfort'
import { node, port, through } from './support/prompts.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

/** What comes out when a value goes through two ports that are wired to each other. */
const straight = { in: port('in'), out: port('out', ['in', 0]) }

function pixels(shape: [number, number, number, number], value = (index: number) => (index % 251) / 250): Image {
  const count = shape.reduce((product, size) => product * size, 1)
  return Image.from(
    Tensor.from(
      Float32Array.from({ length: count }, (_, index) => value(index)),
      shape,
    ),
  )
}

describe('values through ports', () => {
  it.each([
    ['a text', 'STRING', 'Grüße, 世界 🎈\n"quoted" \\ \u0000', 'PrimitiveString'],
    ['a whole number', 'INT', -42, 'PrimitiveInt'],
    ['a float', 'FLOAT', 0.1, 'PrimitiveFloat'],
    ['a whole float', 'FLOAT', 3, 'PrimitiveFloat'],
    ['yes and no', 'BOOLEAN', false, 'PrimitiveBoolean'],
  ] as const)('brings %s in and out unchanged', async (_name, kind, value, classType) => {
    const { out } = await discomfort.run(through(classType, 'value'), { inputs: { in: value }, outputs: { out: kind } })
    expect(out).toBe(value)
  })

  it('keeps a seed of 2^64-1 exact on the way to the node and back', async () => {
    const largest = 2n ** 64n - 1n
    const { out } = await discomfort.run(through('TestInt', 'value'), {
      inputs: { in: largest },
      outputs: { out: 'BIGINT' },
    })
    expect(out).toBe(largest)
    const drawn = `{"1":{"class_type":"TestInt","inputs":{"value":${largest}}}}`
    const tapped = await discomfort.run(Buffer.from(drawn), { outputs: { '1': 'BIGINT' } })
    expect(tapped[1]).toBe(largest)
  })

  it('brings a choice into a combo and refuses one that is not there, naming the input', async () => {
    const prompt = {
      ...straight,
      method: port('method'),
      image: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 0 }),
      scaled: node('ImageScale', {
        image: ['image', 0],
        upscale_method: ['method', 0],
        width: 8,
        height: 8,
        crop: 'disabled',
      }),
      out: port('out', ['scaled', 0]),
    }
    const { out } = await discomfort.run(prompt, { inputs: { method: 'area' }, outputs: { out: 'IMAGE' } })
    expect(out.width).toBe(8)
    await expect(discomfort.run(prompt, { inputs: { method: 'sideways' } })).rejects.toMatchObject({
      code: 'PROMPT_REJECTED',
      details: { nodes: [{ node: 'scaled', errors: [{ type: 'value_not_in_list', input: 'upscale_method' }] }] },
    })
  })

  it('brings a picture in and out bit for bit', async () => {
    const picture = pixels([2, 24, 16, 3])
    const { out } = await discomfort.run(through('ImageInvert', 'image'), {
      inputs: { in: picture },
      outputs: { out: 'IMAGE' },
    })
    const [sent, got] = [await picture.pixels(), await out.pixels()]
    expect(out.tensor.shape).toEqual([2, 24, 16, 3])
    expect(got).toEqual(sent.map((value) => Math.fround(1 - value)))
  })

  it('brings a mask in and out bit for bit', async () => {
    const mask = Mask.from(
      Tensor.from(
        Float32Array.from({ length: 6 }, (_, index) => index / 8),
        [1, 2, 3],
      ),
    )
    const { out } = await discomfort.run(through('InvertMask', 'mask'), {
      inputs: { in: mask },
      outputs: { out: 'MASK' },
    })
    expect(await out.tensor.data()).toEqual(Float32Array.from({ length: 6 }, (_, index) => 1 - index / 8))
  })

  it('brings a latent with its noise mask in and out, and samples on from it', async () => {
    const prompt = {
      in: port('in'),
      mask: node('SolidMask', { value: 0.5, width: 16, height: 16 }),
      masked: node('SetLatentNoiseMask', { samples: ['in', 0], mask: ['mask', 0] }),
      out: port('out', ['masked', 0]),
    }
    const samples = Tensor.from(
      Float32Array.from({ length: 16 * 4 }, (_, index) => index / 7),
      [1, 16, 2, 2],
    )
    const first = await discomfort.run(prompt, { inputs: { in: Latent.from({ samples }) }, outputs: { out: 'LATENT' } })
    expect(await first.out.samples.data()).toEqual(await samples.data())
    expect(first.out.noiseMask?.shape).toEqual([1, 1, 16, 16])
    const again = await discomfort.run(straight, { inputs: { in: first.out }, outputs: { out: 'LATENT' } })
    expect(await again.out.noiseMask?.data()).toEqual(await first.out.noiseMask?.data())
  })

  it('keeps ComfyUI lists lists: pictures of different sizes, and numbers', async () => {
    const pictures = [pixels([1, 8, 8, 3]), pixels([1, 4, 12, 3])]
    const { out } = await discomfort.run(through('ImageInvert', 'image'), { inputs: { in: comfyList(pictures) } })
    expect((out as Image[]).map(({ tensor }) => tensor.shape)).toEqual([
      [1, 8, 8, 3],
      [1, 4, 12, 3],
    ])
    const numbers = await discomfort.run(through('PrimitiveInt', 'value'), { inputs: { in: comfyList([1, 2, 3]) } })
    expect(numbers['out']).toEqual([1, 2, 3])
  })

  it('gives a list where the definition says list, also of one', async () => {
    const prompt = {
      in: port('in'),
      batches: node('RebatchImages', { images: ['in', 0], batch_size: 1 }),
      out: port('out', ['batches', 0]),
    }
    const two = await discomfort.run(prompt, { inputs: { in: pixels([2, 8, 8, 3]) } })
    const one = await discomfort.run(prompt, { inputs: { in: pixels([1, 8, 8, 3]) } })
    expect([two['out'].length, one['out'].length]).toEqual([2, 1])
  })

  it('refuses what would lose something: 7.9 as INT, "false" as BOOLEAN, an unsafe number', async () => {
    const into = (classType: string, value: unknown) =>
      discomfort.run(through(classType, 'value'), { inputs: { in: value } })
    await expect(into('PrimitiveInt', 7.9)).rejects.toMatchObject({
      code: 'VALUE_TYPE',
      details: { key: 'in', expected: 'INT' },
    })
    await expect(into('PrimitiveBoolean', 'false')).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    await expect(into('PrimitiveInt', 2 ** 53)).rejects.toMatchObject({ code: 'INT_UNSAFE' })
    await expect(
      discomfort.run(straight, { inputs: { in: 2n ** 60n }, outputs: { out: 'INT' } }),
    ).rejects.toMatchObject({ code: 'INT_UNSAFE' })
    await expect(discomfort.run(straight, { inputs: { in: 'text' }, outputs: { out: 'IMAGE' } })).rejects.toMatchObject(
      { code: 'VALUE_TYPE' },
    )
  })

  it('keeps nested data, floats that are whole, and texts longer than a message', async () => {
    const value = { list: [1, 2.5, null, 'x'], deep: { yes: true }, big: 2n ** 70n, text: 'ä'.repeat(100_000) }
    const { out } = await discomfort.run(straight, { inputs: { in: value } })
    expect(out).toEqual(
      Object.assign(Object.create(null), value, { deep: Object.assign(Object.create(null), { yes: true }) }),
    )
  })

  it('carries 100 values in and 100 out in one workflow', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `value ${index}`)
    const prompt = Object.fromEntries(
      names.flatMap((name, index) => [
        [`in${index}`, port(name)],
        [`node${index}`, node('PrimitiveInt', { value: [`in${index}`, 0] })],
        [`out${index}`, port(name, [`node${index}`, 0])],
      ]),
    )
    const inputs = Object.fromEntries(names.map((name, index) => [name, index * 7]))
    const outputs = await discomfort.run(prompt, { inputs })
    expect({ ...outputs }).toEqual(inputs)
  })

  it('carries 100 pictures in and 100 out in one workflow', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `picture ${index}`)
    const prompt = Object.fromEntries(
      names.flatMap((name, index) => [
        [`in${index}`, port(name)],
        [`out${index}`, port(name, [`in${index}`, 0])],
      ]),
    )
    const inputs = Object.fromEntries(names.map((name, index) => [name, pixels([1, 2, 2, 3], () => index / 100)]))
    const outputs = await discomfort.run(prompt, { inputs })
    const got = await Promise.all(names.map(async (name) => (await (outputs[name] as Image).pixels())[0]))
    expect(got).toEqual(names.map((_, index) => Math.fround(index / 100)))
  })

  it('does not let a node that writes in place change a stored value', async () => {
    await using context = discomfort.context()
    await context.save(
      'in',
      pixels([1, 8, 8, 3], () => 0.75),
    )
    for (let round = 0; round < 3; round += 1) {
      const { out } = await discomfort.run(through('TestWriteInPlace', 'image'), { context, outputs: { out: 'IMAGE' } })
      expect((await out.pixels())[0]).toBe(0.25)
    }
    expect((await (await context.load('in', 'IMAGE')).pixels())[0]).toBe(0.75)
    const { out } = await discomfort.run(through('ImageInvert', 'image'), { context, outputs: { out: 'IMAGE' } })
    expect((await out.pixels())[0]).toBe(0.25)
  })
})
