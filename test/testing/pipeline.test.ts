import { describe, expect, it } from 'vitest'
import { Discomfort, Image, Tensor } from 'discomfort'
import { fakeComfyUI } from 'discomfort/testing'
import { failure } from '../support/failure.ts'
import { definitions, node, port } from '../support/port-definitions.ts'

const picture = { 1: port('in'), 2: node('Picture', { image: ['1', 0] }), 3: port('image', ['2', 0]) }
const grey = (shape: readonly [number, number, number, number]) =>
  Image.from(Tensor.from(new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5), shape))

describe('a pipeline without a GPU', () => {
  it('gives what the script of the test gives', async () => {
    await using server = await fakeComfyUI({
      definitions,
      async script(job) {
        job.executing('2')
        job.progress('2', 1, 20)
        job.preview('2', Uint8Array.of(255, 216))
        await job.give('image', grey([1, 2, 4, 3]))
        job.succeed()
      },
    })
    await using discomfort = await Discomfort.create({ server: server.url, exclusive: true })
    const told: string[] = []
    const run = discomfort.run(picture, {
      inputs: { in: grey([1, 4, 4, 3]) },
      outputs: { image: 'IMAGE' },
      onEvent: ({ type }) => told.push(type),
    })
    const { image } = await run
    expect([image.width, image.height]).toEqual([4, 2])
    expect(told).toEqual(expect.arrayContaining(['started', 'nodeStarted', 'progress', 'output', 'finished']))
  })

  it('bears a lost socket and a cancel that loses', async () => {
    const controller = new AbortController()
    await using server = await fakeComfyUI({
      definitions,
      faults: { loseCancels: 1 },
      async script(job) {
        server.dropSockets('mid-message')
        controller.abort()
        await job.cancelled
        job.interrupted()
      },
    })
    await using discomfort = await Discomfort.create({ server: server.url, exclusive: true })
    const run = discomfort.run({ 1: node('Many'), 2: port('out', ['1', 1]) }, { signal: controller.signal })
    await failure('ABORTED', run)
  })
})
