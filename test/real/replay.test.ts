import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { Discomfort, Image, Tensor } from 'discomfort'
import { recordComfyUI, replayComfyUI } from 'discomfort/testing'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/folders.ts'
import { node, port, through } from './support/prompts.ts'
import { decode, load, sampler } from './support/text-to-image.ts'

const sample = {
  1: port('model'),
  2: port('clip'),
  3: node('CLIPTextEncode', { text: 'a pear', clip: ['2', 0] }),
  4: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
  5: node('KSampler', { ...sampler, model: ['1', 0], positive: ['3', 0], negative: ['3', 0], latent_image: ['4', 0] }),
  6: port('latent', ['5', 0]),
}

/** Values of all ways: constants, pictures in and out, references, a latent from run to run, a failure. */
async function pipeline(url: string): Promise<unknown> {
  await using discomfort = await Discomfort.create({ server: url, exclusive: true })
  await using context = discomfort.context()
  const values = Float32Array.from({ length: 8 * 8 * 3 }, (_, at) => (at % 100) / 100)
  const picture = Image.from(Tensor.from(values, [1, 8, 8, 3]))
  const inverted = await discomfort.run(through('ImageInvert', 'image'), {
    inputs: { in: picture },
    outputs: { out: 'IMAGE' },
  })
  await discomfort.run([load, sample], { context })
  const { image } = await discomfort.run(decode, { context, outputs: { image: 'IMAGE' } })
  const number = await discomfort.run(through('PrimitiveInt', 'value'), { inputs: { in: 12 } })
  const broken = { 1: node('TestFail', { message: 'as it was' }), 2: port('out', ['1', 0]) }
  const { details } = await failure('NODE_FAILED', discomfort.run(broken))
  return {
    inverted: [...(await inverted.out.pixels())],
    image: [image.width, image.height, ...(await image.pixels()).slice(0, 1000)],
    number,
    failed: { ...details, promptId: '' },
  }
}

describe('a recording of a real ComfyUI', () => {
  it('gives the same without it', async () => {
    await using folder = await temporaryFolder('recording')
    const file = join(folder.path, 'real.jsonl')
    let given: unknown
    {
      await using recorder = await recordComfyUI({ server: inject('server'), file })
      given = await pipeline(recorder.url)
    }
    await using replay = await replayComfyUI(file)
    expect(await pipeline(replay.url)).toEqual(given)
    expect(replay.unanswered).toEqual([])
  })
})
