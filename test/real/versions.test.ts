import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Audio, comfyList, ComfyObject, Discomfort, Image, Latent, Tensor } from 'discomfort'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { olderComfyUI } from './support/older-comfyui.ts'
import { node, port, through } from './support/prompts.ts'

describe.each(['0.30.0', '0.16.3'])('with ComfyUI %s', (version) => {
  let discomfort: Discomfort
  let address: string
  beforeAll(async () => {
    const launch = inject('launch')
    const older = { ...launch, comfyui: version === '0.16.3' ? await olderComfyUI(launch.python) : launch.comfyui }
    discomfort = await Discomfort.create(version === '0.16.3' ? older : { server: inject('server') })
    address = discomfort.connector.serverAddress
  })
  afterAll(() => discomfort.close())

  /** Posts a prompt as somebody without the library does, and gives its history entry. */
  async function post(
    prompt: Prompt,
    extraData: object = {},
  ): Promise<{
    outputs: Record<string, Record<string, unknown[]>>
    status: { status_str: string; messages: [string, Record<string, string>][] }
  }> {
    const id = randomUUID()
    const response = await fetch(`${address}/prompt`, {
      method: 'POST',
      body: JSON.stringify({ prompt, prompt_id: id, client_id: 'bare', extra_data: extraData }),
    })
    expect(await response.text()).toContain(id)
    for (;;) {
      const history = (await (await fetch(`${address}/history/${id}`)).json()) as Record<string, never>
      if (history[id]) return history[id]
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('answers the handshake with its version', () => {
    expect(discomfort.connector.handshake).toMatchObject({ protocol: 1, comfyui: version })
  })

  it('samples a picture from a workflow with ports', async () => {
    const make = new URL('../../examples/refine/make.json', import.meta.url)
    const picture = async (seed: bigint) => {
      const { image } = await discomfort.run(make, { inputs: { seed, prompt: 'a boat' }, outputs: { image: 'IMAGE' } })
      return image.pixels()
    }
    const largest = 2n ** 64n - 1n
    expect(await picture(largest)).toEqual(await picture(largest))
    expect(await picture(3n)).not.toEqual(await picture(largest))
  })

  it('takes and gives lists, pictures and exact integers', async () => {
    const pictures = [8, 12].map((size) =>
      Image.from(Tensor.from(new Float32Array(3 * size * size).fill(0.25), [1, size, size, 3])),
    )
    const { out } = await discomfort.run(through('ImageInvert', 'image'), { inputs: { in: comfyList(pictures) } })
    expect((out as Image[]).map(({ width }) => width)).toEqual([8, 12])
    expect((await (out as Image[])[1]?.pixels())?.[0]).toBe(0.75)
    const exact = await discomfort.run(through('TestInt', 'value'), {
      inputs: { in: 2n ** 64n - 1n },
      outputs: { out: 'BIGINT' },
    })
    expect(exact.out).toBe(2n ** 64n - 1n)
  })

  it('takes and gives objects of its own classes', async () => {
    const floats = (...shape: number[]) => {
      const length = shape.reduce((product, size) => product * size, 1)
      return Tensor.from(
        Float32Array.from({ length }, (_, index) => (index % 256) / 255),
        shape,
      )
    }
    const straight = { in: port('in'), out: port('out', ['in', 0]) }
    const frames = floats(2, 16, 16, 3)
    const video = {
      in: port('in'),
      sound: port('sound'),
      video: node('CreateVideo', { images: ['in', 0], audio: ['sound', 0], fps: 25 }),
      out: port('out', ['video', 0]),
    }
    const sound = Audio.from({ waveform: floats(1, 2, 800), sampleRate: 8000 })
    const made = await discomfort.run(video, {
      inputs: { in: Image.from(frames), sound },
      outputs: { out: 'VIDEO' },
    })
    expect(await made.out.container()).toBe('mp4')
    const back = await discomfort.run(straight, { inputs: { in: made.out }, outputs: { out: 'VIDEO' } })
    expect(await back.out.frames?.pixels()).toEqual(await frames.data())
    expect(await back.out.audio?.waveform.data()).toEqual(await sound.waveform.data())

    const tensors = [floats(1, 4, 2, 2), floats(1, 3)]
    const latent = Latent.from({ samples: ComfyObject.from('NestedTensor', { tensors }) })
    const both = await discomfort.run(straight, { inputs: { in: latent }, outputs: { out: 'LATENT' } })
    expect(await Promise.all(both.out.streams.map((tensor) => tensor.data()))).toEqual(
      await Promise.all(tensors.map((tensor) => tensor.data())),
    )

    const voxel = ComfyObject.from('VOXEL', { data: floats(1, 4, 4, 4) }, 'VOXEL')
    const mesh = through('VoxelToMesh', 'voxel', { algorithm: 'basic', threshold: 0.1 })
    const { out } = await discomfort.run(mesh, { inputs: { in: voxel }, outputs: { out: 'MESH' } })
    expect((out.fields['faces'] as Tensor).shape[2]).toBe(3)
  })

  it('gives events of nodes and steps', async () => {
    const events: string[] = []
    const prompt = { slow: node('TestSlow', { steps: 4, seed: Date.now() % 1_000_000 }), out: port('out', ['slow', 0]) }
    await discomfort.run(prompt, { onEvent: (event) => events.push(event.type) })
    expect(events[0]).toBe('queued')
    expect(events).toEqual(
      expect.arrayContaining(['queued', 'started', 'nodeStarted', 'progress', 'nodeFinished', 'output', 'finished']),
    )
  })

  describe('ports without the library', () => {
    it('an OUTPUT port puts its scalar into history and shows it', async () => {
      const { outputs } = await post({ 1: node('TestInt', { value: 7 }), 2: port('answer', ['1', 0]) })
      expect(outputs['2']?.['discomfort']).toEqual([{ v: 1, unique_id: 'answer', tree: { int: '7' } }])
      expect(outputs['2']?.['text']).toEqual(['7'])
    })

    it('an OUTPUT port shows its picture', async () => {
      const { outputs } = await post({
        1: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 255 }),
        2: port('picture', ['1', 0]),
      })
      const [image] = (outputs['2']?.['images'] ?? []) as { filename: string; type: string }[]
      expect(image?.type).toBe('temp')
      const view = await fetch(`${address}/view?filename=${image?.filename}&type=temp`)
      expect((await Image.open(new Uint8Array(await view.arrayBuffer()))).width).toBe(16)
    })

    it('a PASSTHRU port passes on, and does not make the branch of a lazy switch run that was not chosen', async () => {
      const lazy = {
        good: node('TestInt', { value: 5 }),
        bad: node('TestFail', { message: 'the wrong branch ran' }),
        one: port('one', ['good', 0]),
        other: port('other', ['bad', 0]),
        choose: node('ComfySwitchNode', {
          switch: true,
          on_true: ['one', 0],
          on_false: ['other', 0],
        }),
        out: port('out', ['choose', 0]),
      }
      const { outputs, status } = await post(lazy)
      expect(status.status_str).toBe('success')
      expect(outputs['out']?.['text']).toEqual(['5'])
      expect((await discomfort.run(lazy))['out']).toBe(5)
    })

    it('an INPUT port takes the value drawn in the workflow, and without one the error names it', async () => {
      const prompt = { 1: port('number'), 2: node('TestInt', { value: ['1', 0] }), 3: port('out', ['2', 0]) }
      const drawn = {
        nodes: [
          {
            id: 1,
            type: 'DiscomfortPort',
            inputs: [],
            outputs: [{ name: 'value', type: '*', links: [1] }],
            widgets_values: ['number', ''],
          },
          {
            id: 2,
            type: 'TestInt',
            inputs: [{ name: 'value', type: 'INT', widget: { name: 'value' }, link: 1 }],
            outputs: [{ name: 'INT', type: 'INT', links: [2] }],
            widgets_values: [41],
          },
          {
            id: 3,
            type: 'DiscomfortPort',
            inputs: [{ name: 'value', type: '*', link: 2 }],
            outputs: [],
            widgets_values: ['out', ''],
          },
        ],
        links: [
          [1, 1, 0, 2, 0, 'INT'],
          [2, 2, 0, 3, 0, 'INT'],
        ],
        version: 0.4,
      }
      const { outputs } = await post(prompt, { extra_pnginfo: { workflow: drawn } })
      expect(outputs['3']?.['text']).toEqual(['41'])
      expect(await discomfort.run(drawn)).toMatchObject({ out: 41 })
      expect(await discomfort.run(drawn, { inputs: { number: 6 } })).toMatchObject({ out: 6 })
      const { status } = await post(prompt)
      const told = status.messages.find(([type]) => type === 'execution_error')?.[1]
      expect(told?.['exception_message']).toContain('Port "number" has no value')
    })
  })
})
