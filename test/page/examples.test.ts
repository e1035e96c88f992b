import { mkdir, readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject } from 'vitest'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import type { NodeInput, Workflow, WorkflowNode } from '../../src/workflow/document.ts'
import { complaints, overlaps } from './support/inspect.ts'
import { it } from './support/with-page.ts'

const examples = fileURLToPath(new URL('../../examples', import.meta.url))
const screenshots = fileURLToPath(new URL('screenshots-out', import.meta.url))
const templates = fileURLToPath(new URL('../../comfy-nodes/discomfort/example_workflows', import.meta.url))
const files = [...(await jsonFiles(examples)), ...(await jsonFiles(templates))]

async function jsonFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'))
  return names.sort().map((name) => join(folder, name))
}

async function read(file: string): Promise<Workflow> {
  return JSON.parse(await readFile(file, 'utf8')) as Workflow
}

/** A node without what the page adds by itself: names in the user's language, shapes of sockets, its place in the order. */
function withoutTrimmings(node: WorkflowNode): unknown {
  const plain = ({ localized_name: _name, shape: _shape, ...socket }: NodeInput) => socket
  return { ...node, order: undefined, inputs: node.inputs?.map(plain), outputs: node.outputs?.map(plain) }
}

describe.for(files.map((file) => [basename(file), file] as const))('the example %s', ([, file]) => {
  it('opens in the page as it was saved, without missing nodes, unknown values or errors', async ({ comfy }) => {
    const workflow = await read(file)
    const errorsBefore = comfy.errors.length
    await comfy.open(workflow)
    expect(await complaints(comfy)).toEqual([])
    expect(comfy.errors.slice(errorsBefore)).toEqual([])
    const saved = await comfy.saved()
    expect(saved.nodes.map(withoutTrimmings)).toEqual(workflow.nodes.map(withoutTrimmings))
    expect(saved.links).toEqual(workflow.links)
    expect(saved.groups).toEqual(workflow.groups)
  })

  it('becomes the same prompt in the page and in the library', async ({ comfy }) => {
    const workflow = await read(file)
    const definitions = (await (await fetch(`${inject('server')}/object_info`)).json()) as NodeDefinitions
    await comfy.open(workflow)
    const { prompt, warnings } = workflowToPrompt(workflow, definitions)
    expect(prompt).toEqual(await comfy.prompt())
    expect(warnings).toEqual([])
  })

  it('is drawn without nodes over one another', async ({ comfy }) => {
    await comfy.open(await read(file))
    expect(await overlaps(comfy)).toEqual([])
    await mkdir(screenshots, { recursive: true })
    await comfy.page.screenshot({ path: join(screenshots, `${basename(file, '.json')}.png`) })
  })
})

it('the first picture of the refinement loop is made in the page from what is drawn', async ({ comfy }) => {
  await comfy.open(await read(join(examples, 'refine', 'make.json')))
  const { outputs, status } = await comfy.queue()
  expect(status.status_str).toBe('success')
  expect(Object.values(outputs).map((output) => Object.keys(output))).toEqual([['images']])
})

it('a workflow with a missing node and a missing model is told apart from those', async ({ comfy }) => {
  const place = { size: [200, 100], flags: {}, mode: 0, inputs: [], outputs: [], properties: {} }
  await comfy.open({
    version: 0.4,
    last_node_id: 2,
    last_link_id: 0,
    nodes: [
      { ...place, id: 1, type: 'NoSuchNode', pos: [100, 100], order: 0, widgets_values: [] },
      { ...place, id: 2, type: 'CheckpointLoaderSimple', pos: [200, 150], order: 1, widgets_values: ['no-such.ckpt'] },
    ],
    links: [],
  })
  expect(await complaints(comfy)).toEqual(['The page knows no NoSuchNode.', 'ckpt_name cannot be "no-such.ckpt".'])
  expect(await overlaps(comfy)).toEqual(['1 and 2'])
})
