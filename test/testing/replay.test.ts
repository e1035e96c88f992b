import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ComfyConnector, Discomfort, Image, Tensor } from 'discomfort'
import {
  fakeComfyUI,
  recordComfyUI,
  replayComfyUI,
  type FakeComfyUI,
  type FakeOptions,
  type Recording,
} from 'discomfort/testing'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/folders.ts'
import { definitions, node, port } from '../support/port-definitions.ts'

const picture = { 1: port('in'), 2: node('Picture', { image: ['1', 0] }), 3: port('out', ['2', 0]) }
const count = { 1: node('Many'), 2: port('out', ['1', 1]) }
const sampled = (seed: number) => ({ 1: node('Sampler', { seed }, 'The sampler'), 2: port('out', ['1', 0]) })
const grey = (value: number) => Image.from(Tensor.from(new Float32Array(48).fill(value), [1, 4, 4, 3]))

const server: FakeOptions = {
  definitions,
  nodes: {
    async Picture({ image }) {
      const { shape } = image as Tensor
      const data = (await (image as Tensor).data()) as Float32Array
      return [
        Tensor.from(
          data.map((value) => 1 - value),
          shape,
        ),
      ]
    },
    Many: () => [undefined, 1],
    Sampler(_, { job, node: id }) {
      job.preview(id, Uint8Array.of(1, 2, 3))
      throw new RangeError('no such seed')
    },
  },
}

/** What a pipeline does: loads and gives pictures, loops, fails, and asks for history. */
async function pipeline(url: string): Promise<unknown> {
  await using discomfort = await Discomfort.create({ server: url, apiKey: 'secret-key', exclusive: true })
  const previews: number[] = []
  const inverted = []
  for (const value of [0.25, 0.75]) {
    const { out } = await discomfort.run(picture, { inputs: { in: grey(value) }, outputs: { out: 'IMAGE' } })
    inverted.push((await out.pixels())[0])
  }
  const counted = []
  for (let round = 0; round < 3; round += 1) counted.push((await discomfort.run(count))['out'])
  const run = discomfort.run(sampled(7), {
    onEvent: (event) => event.type === 'preview' && previews.push(...event.bytes),
  })
  const { message } = await failure('NODE_FAILED', run)
  await using comfy = await ComfyConnector.create({ server: url })
  const { outputs, status } = await comfy.runWorkflow({ 1: node('Model') })
  return { inverted, counted, message, previews, outputs, completed: status?.completed }
}

const wanted = {
  inverted: [0.75, 0.25],
  counted: [1, 2, 3],
  message: expect.stringContaining('no such seed') as string,
  previews: [1, 2, 3],
  outputs: {},
  completed: true,
}

/** A recording of something, made with a server that is gone then. */
async function recorded(work: (url: string, server: FakeComfyUI) => Promise<unknown>): Promise<Recording> {
  await using fake = await fakeComfyUI(server)
  await using recorder = await recordComfyUI({ server: fake.url })
  await work(recorder.url, fake)
  return recorder.recording
}

describe('a recording of a pipeline', () => {
  it('gives the same again when the server is gone, as often as it is replayed', async () => {
    await using folder = await temporaryFolder('recording')
    const file = join(folder.path, 'pipeline.jsonl')
    {
      await using fake = await fakeComfyUI({ ...server, nodes: { ...server.nodes, Many: counter() } })
      await using recorder = await recordComfyUI({ server: fake.url, file })
      expect(await pipeline(recorder.url)).toEqual(wanted)
    }
    for (let time = 0; time < 2; time += 1) {
      await using replay = await replayComfyUI(file)
      expect(await pipeline(replay.url)).toEqual(wanted)
      expect(replay.unanswered).toEqual([])
    }
    // The third answer is the last one that there is.
    await using replay = await replayComfyUI(file)
    await using discomfort = await Discomfort.create({ server: replay.url, exclusive: true })
    const counted = []
    for (let round = 0; round < 5; round += 1) counted.push((await discomfort.run(count))['out'])
    expect(counted).toEqual([1, 2, 3, 3, 3])
  })

  it('holds neither keys nor tokens', async () => {
    const text = JSON.stringify(
      await recorded(async (url) => {
        await using discomfort = await Discomfort.create({ server: url, token: 'a-token', apiKey: 'a-key' })
        await discomfort.run(count)
        await fetch(`${url}/queue?token=a-token`, { headers: { cookie: 'session=a-cookie' } })
      }),
    )
    expect(text).toContain('api_key_comfy_org')
    for (const secret of ['a-token', 'a-key', 'a-cookie']) expect(text).not.toContain(secret)
  })

  it('refuses a prompt that it does not have, and says what is different', async () => {
    const recording = await recorded(async (url) => {
      await using discomfort = await Discomfort.create({ server: url, exclusive: true })
      await failure('NODE_FAILED', discomfort.run(sampled(7)))
      await discomfort.run(picture, { inputs: { in: grey(0.5) } })
    })
    await using replay = await replayComfyUI(recording)
    await using discomfort = await Discomfort.create({ server: replay.url, exclusive: true })
    const refused = async (...run: Parameters<typeof discomfort.run>) =>
      (await failure('PROMPT_REJECTED', discomfort.run(...run))).message
    expect(await refused(sampled(8))).toContain('input seed of node 1 (Sampler) is 8, and was 7')
    expect(await refused(count)).toContain('node 1 (Many) is another one there')
    expect(await refused(picture, { inputs: { in: grey(0.6) } })).toMatch(
      /input version of node 1 .* was "@value crc32/,
    )
    expect(replay.unanswered).toEqual(['POST /discomfort/submit', 'POST /discomfort/submit', 'POST /discomfort/submit'])
  })

  it('answers what it does not have with 501', async () => {
    await using replay = await replayComfyUI(await recorded((url) => fetch(`${url}/queue`)))
    const response = await fetch(`${replay.url}/object_info`)
    expect(response.status).toBe(501)
    expect(await response.json()).toMatchObject({ error: { type: 'not_recorded' } })
    expect(replay.unanswered).toEqual(['GET /object_info'])
  })
})

describe('a file that is no recording', () => {
  it('is refused with the line', async () => {
    await using folder = await temporaryFolder('recording')
    const file = join(folder.path, 'a.jsonl')
    await failure('VALUE_NOT_FOUND', replayComfyUI(file))
    await writeFile(file, '{"kind":"recording","v":1}\n{"kind":"else"}\n')
    expect((await failure('VALUE_CORRUPT', replayComfyUI(file))).message).toContain('line 2 is no line of a recording')
    await writeFile(file, '{"kind":"recording","v":2}\n')
    await failure('VALUE_CORRUPT', replayComfyUI(file))
  })
})

function counter(): () => readonly unknown[] {
  let calls = 0
  return () => [undefined, (calls += 1)]
}
