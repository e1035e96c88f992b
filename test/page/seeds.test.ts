import { expect, inject } from 'vitest'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { ComfyPage } from './support/comfy-page.ts'
import type { PageWindow } from './support/page-window.ts'
import { it } from './support/with-page.ts'

interface Sockets {
  seed?: number
  steps?: number
}

function sampler(id: number, seed: number, control: string, links: Sockets = {}) {
  return {
    id,
    type: 'KSampler',
    pos: [400 * id, 100],
    size: [300, 260],
    mode: 0,
    inputs: [
      ...['model', 'positive', 'negative', 'latent_image'].map((name) => ({ name, type: '*', link: null })),
      ...Object.entries(links).map(([name, link]) => ({ name, type: 'INT', widget: { name }, link })),
    ],
    outputs: [{ name: 'LATENT', type: 'LATENT', links: null }],
    widgets_values: [seed, control, 20, 8, 'euler', 'simple', 1],
    properties: {},
  }
}

function primitive(id: number, value: number, control: string, links: number[]) {
  return {
    id,
    type: 'PrimitiveNode',
    pos: [100, 100 * id],
    size: [200, 80],
    mode: 0,
    inputs: [],
    outputs: [{ name: 'INT', type: 'INT', widget: { name: 'seed' }, links }],
    widgets_values: [value, control],
    properties: {},
  }
}

const drawn: Workflow = {
  version: 0.4,
  last_node_id: 20,
  last_link_id: 20,
  nodes: [
    sampler(1, 100, 'fixed'),
    sampler(2, 200, 'increment'),
    sampler(3, 300, 'decrement'),
    sampler(4, 0, 'decrement'),
    primitive(5, 500, 'increment', [1, 2]),
    sampler(6, 600, 'decrement', { seed: 1 }),
    sampler(7, 700, 'fixed', { seed: 2 }),
    primitive(8, 30, 'decrement', [3]),
    sampler(9, 900, 'increment', { steps: 3 }),
  ],
  links: [
    [1, 5, 0, 6, 4, 'INT'],
    [2, 5, 0, 7, 4, 'INT'],
    [3, 8, 0, 9, 4, 'INT'],
  ],
}

/** Queues what the page shows so many times and gives the prompts, which the server never sees. */
async function queued(comfy: ComfyPage, times: number): Promise<Prompt[]> {
  const prompts: Prompt[] = []
  await comfy.page.route('**/api/prompt', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    prompts.push((route.request().postDataJSON() as { prompt: Prompt }).prompt)
    await route.fulfill({ json: { prompt_id: `none-${prompts.length}`, number: 1, node_errors: {} } })
  })
  try {
    for (let time = 0; time < times; time += 1)
      await comfy.page.evaluate(() => (globalThis as unknown as PageWindow).app.queuePrompt(0, 1))
  } finally {
    await comfy.page.unroute('**/api/prompt')
  }
  return prompts
}

it('seeds advance as they do in the page when a workflow is queued again and again', async ({ comfy }) => {
  const definitions = (await (await fetch(`${inject('server')}/object_info`)).json()) as NodeDefinitions
  await comfy.open(drawn)
  const ours = [0, 1, 2].map((runs) => workflowToPrompt(drawn, definitions, { seeds: 'advance', queued: runs }).prompt)
  expect(ours[2]?.['2']?.inputs['seed']).toBe(202)
  expect(await queued(comfy, 3)).toEqual(ours)
})

it('a seed on the node of a subgraph advances by the control inside', async ({ comfy }) => {
  const definitions = (await (await fetch(`${inject('server')}/object_info`)).json()) as NodeDefinitions
  const id = '6a3f6a52-0000-4000-8000-000000000001'
  const host = {
    id: 1,
    type: id,
    pos: [100, 100],
    size: [200, 100],
    mode: 0,
    inputs: [{ name: 'seed', type: 'INT', widget: { name: 'seed' }, link: null }],
    outputs: [],
    widgets_values: [40],
    properties: { proxyWidgets: [['-1', 'seed']] },
  }
  const inner = [sampler(1, 1, 'increment', { seed: 1 }), sampler(2, 2, 'increment', { seed: 2 })]
  const link = (of: number) => ({ id: of, origin_id: -10, origin_slot: 0, target_id: of, target_slot: 4, type: 'INT' })
  const subgraph = {
    id,
    version: 1,
    state: { lastNodeId: 2, lastLinkId: 2, lastGroupId: 0, lastRerouteId: 0 },
    revision: 0,
    config: {},
    name: 'Two samplers',
    inputNode: { id: -10, bounding: [0, 0, 100, 60] },
    outputNode: { id: -20, bounding: [900, 0, 100, 60] },
    inputs: [{ id: '6a3f6a52-0000-4000-8000-000000000002', name: 'seed', type: 'INT', linkIds: [1, 2], pos: [80, 20] }],
    outputs: [],
    widgets: [],
    nodes: inner,
    groups: [],
    links: [link(1), link(2)],
  }
  const workflow: Workflow = { version: 0.4, nodes: [host], links: [], definitions: { subgraphs: [subgraph] } }
  const full = { ...workflow, last_node_id: 1, last_link_id: 0 }
  await comfy.open(full)
  const ours = [0, 1, 2].map((runs) => workflowToPrompt(full, definitions, { seeds: 'advance', queued: runs }).prompt)
  expect(await queued(comfy, 3)).toEqual(ours)
})
