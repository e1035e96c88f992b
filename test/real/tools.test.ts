import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort } from 'discomfort'

const example = (file: string) => new URL(`../../examples/${file}`, import.meta.url)
const parts = ['load', 'encode', 'sample', 'decode'].map((name) => example(`parts/${name}.json`))

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

describe('the tools of a handle', () => {
  it('find the ports of a file, with the types that the server knows', async () => {
    const { inputs, outputs } = await discomfort.tools.discoverPorts(parts[2] as URL)
    expect(inputs.map(({ uniqueId, type }) => [uniqueId, type])).toEqual([
      ['model', 'MODEL'],
      ['positive', 'CONDITIONING'],
      ['negative', 'CONDITIONING'],
      ['seed', 'INT'],
    ])
    expect(outputs).toMatchObject([{ uniqueId: 'latent', type: 'LATENT' }])
  })

  it('stitch files into a workflow that runs, prune it, and validate it', async () => {
    const { workflow, inputs } = await discomfort.tools.stitchWorkflows(parts)
    expect(inputs.map(({ uniqueId }) => uniqueId)).toEqual(['prompt', 'seed'])
    const outputs = { image: 'IMAGE' } as const
    const given = { inputs: { prompt: 'a pear', seed: 3 }, outputs }
    const { image } = await discomfort.run(workflow, given)
    const joined = await discomfort.run(parts, { ...given, stitch: true })
    expect(await image.pixels()).toEqual(await joined.image.pixels())
    const pruned = await discomfort.tools.pruneToOutput(workflow, 'positive')
    expect(pruned.nodes.length).toBeLessThan(workflow.nodes.length)
    expect((await discomfort.tools.validateWorkflow(workflow)).findings).toEqual([])
    const { prompt } = await discomfort.tools.workflowToPrompt(workflow)
    expect(Object.values(prompt).filter(({ class_type }) => class_type === 'KSampler')).toHaveLength(1)
  })

  it('refuse a prompt where a drawing is needed', async () => {
    const prompt = { 1: { class_type: 'EmptyImage', inputs: {} } }
    await expect(discomfort.tools.stitchWorkflows([prompt])).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' })
    await expect(discomfort.tools.pruneToOutput(prompt, 'x')).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' })
    expect((await discomfort.tools.workflowToPrompt(prompt)).prompt).toBe(prompt)
  })
})
