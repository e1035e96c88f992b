import { describe, expect, it } from 'vitest'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'

const told = { limit: 8, loaders: 2, entries: 3, hits: 41, stores: 3 }

describe('the cache of models', () => {
  it.each([
    ['is told as the pack tells it', { status: 200, body: { v: 1, ...told } }, told],
    ['is not known of a pack that is older', { status: 404, body: '404: Not Found' }, undefined],
    ['is not known where the answer is another', { status: 200, body: { v: 2, ...told } }, undefined],
  ])('%s', async (_name, answer, expected) => {
    await using server = await fakeComfyUI({
      intercept: ({ path }) => (path === '/discomfort/model-cache' ? answer : undefined),
    })
    await using comfy = await ComfyConnector.create({ server: server.url })
    expect(await comfy.getModelCache()).toEqual(expected)
  })
})
