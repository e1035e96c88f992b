import { describe, expect } from 'vitest'
import { draw } from './support/draw.ts'
import { it } from './support/with-page.ts'

const port = ['DiscomfortPort', { unique_id: 'any' }] as const

describe('the sockets of a port', () => {
  it('begin with the one for its value, before those of its widgets', async ({ comfy }) => {
    await draw(comfy, { port })
    const { nodes } = await comfy.saved()
    expect(nodes[0]?.inputs?.map((input) => input.name)).toEqual(['value', 'unique_id', 'tags'])
    expect(nodes[0]?.outputs?.map((output) => output.name)).toEqual(['value'])
  })

  for (const [type, node, input] of [
    ['INT', 'KSampler', 'seed'],
    ['FLOAT', 'KSampler', 'cfg'],
    ['STRING', 'CLIPTextEncode', 'text'],
    ['COMBO', 'KSampler', 'sampler_name'],
    ['BOOLEAN', 'ComfySwitchNode', 'switch'],
    ['MODEL', 'KSampler', 'model'],
    ['LATENT', 'KSampler', 'latent_image'],
    ['IMAGE', 'SaveImage', 'images'],
  ] as const) {
    it(`give to ${type}: ${node}.${input}`, async ({ comfy }) => {
      const nodes = await draw(comfy, { port, target: [node] }, [['port.value', `target.${input}`]])
      expect((await comfy.prompt())[nodes.target]?.inputs[input]).toEqual([nodes.port, 0])
      expect((await comfy.saved()).links?.map((link) => (link as readonly unknown[])[5])).toEqual([type])
    })
  }

  for (const [type, node, output] of [
    ['INT', 'TestInt', 'INT'],
    ['STRING', 'PrimitiveString', 'STRING'],
    ['FLOAT', 'PrimitiveFloat', 'FLOAT'],
    ['MODEL', 'CheckpointLoaderSimple', 'MODEL'],
    ['LATENT', 'EmptySD3LatentImage', 'LATENT'],
    ['IMAGE', 'EmptyImage', 'IMAGE'],
  ] as const) {
    it(`take from ${type}: ${node}.${output}`, async ({ comfy }) => {
      const nodes = await draw(comfy, { source: [node], port }, [[`source.${output}`, 'port.value']])
      expect((await comfy.prompt())[nodes.port]?.inputs['value']).toEqual([nodes.source, expect.any(Number)])
      expect((await comfy.saved()).links?.map((link) => (link as readonly unknown[])[5])).toEqual([type])
    })
  }
})
