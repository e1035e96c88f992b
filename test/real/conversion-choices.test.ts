import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { Discomfort, type WorkflowSource } from 'discomfort'
import type { Prompt } from '../../src/prompt/prompt.ts'

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
})
afterAll(() => discomfort.close())

interface Sockets {
  in?: readonly [name: string, link: number]
  out?: readonly [type: string, links: readonly number[]]
}

function node(id: number, type: string, values: readonly unknown[], { in: input, out }: Sockets = {}) {
  return {
    id,
    type,
    inputs: input ? [{ name: input[0], type: '*', link: input[1] }] : [],
    outputs: out ? [{ name: out[0], type: out[0], links: out[1] }] : [],
    widgets_values: values,
  }
}

/** Draws nodes in a row: link 1 goes from the first to the second, link 2 from there to the third. */
const slot: Record<string, number> = { CheckpointLoaderSimple: 1 } // its CLIP

function wired(...nodes: readonly ReturnType<typeof node>[]): object {
  const links = nodes.slice(1).map(({ id }, at) => [at + 1, id - 1, slot[nodes[at]?.type ?? ''] ?? 0, id, 0, '*'])
  return { version: 0.4, nodes, links }
}

const counting = () => wired(node(1, 'PrimitiveInt', [5, 'increment'], { out: ['INT', []] }))

type History = Record<string, { prompt: [number, string, Prompt] }>

async function numberOf(workflow: WorkflowSource, seeds?: 'keep' | 'advance' | 'randomize'): Promise<number> {
  return (await discomfort.run(workflow, { seeds, outputs: { '1': 'INT' } }))[1]
}

describe('what the page decides when it sends a workflow', () => {
  it('leaves seeds as drawn where nothing is asked', async () => {
    const workflow = counting()
    expect([await numberOf(workflow), await numberOf(workflow, 'keep')]).toEqual([5, 5])
  })

  it('advances seeds from run to run, of each workflow by itself', async () => {
    const [one, other] = [counting(), counting()]
    expect([await numberOf(one, 'advance'), await numberOf(one, 'advance')]).toEqual([5, 6])
    expect([await numberOf(other, 'advance'), await numberOf(one, 'advance')]).toEqual([5, 7])
  })

  it('draws seeds from the given chance, tells them, and lets a given value win', async () => {
    const run = discomfort.run(counting(), { seeds: 'randomize', random: () => 0.5, outputs: { '1': 'INT' } })
    const { seeds } = await run.then(() => run.report)
    expect(await run).toEqual({ 1: 0 })
    expect(seeds).toEqual([{ workflow: 'workflow', node: '1', title: 'Int', input: 'value', value: 0 }])
    const given = discomfort.run(counting(), { seeds: 'randomize', inputs: { '1.value': 12 }, outputs: { '1': 'INT' } })
    expect(await given).toEqual({ 1: 12 })
  })

  it('picks among choices in a text only where it is asked to', async () => {
    const workflow = wired(
      node(1, 'CheckpointLoaderSimple', ['tiny_sd3.ckpt'], { out: ['CLIP', [1]] }),
      node(2, 'CLIPTextEncode', ['a {red|blue} apple'], { in: ['clip', 1], out: ['CONDITIONING', [2]] }),
      node(3, 'PreviewAny', [], { in: ['source', 2] }),
    )
    const text = async (dynamicPrompts?: 'resolve') => {
      const run = discomfort.run(workflow, { dynamicPrompts, random: () => 0.9 })
      await run
      const id = run.report.workflows[0]?.promptId ?? ''
      return vi.waitFor(
        async () => {
          const history = (await (await fetch(`${inject('server')}/history/${id}`)).json()) as History
          return (history[id] as History[string]).prompt[2]['2']?.inputs['text']
        },
        { timeout: 60_000 },
      )
    }
    expect(await text()).toBe('a {red|blue} apple')
    expect(await text('resolve')).toBe('a blue apple')
  })

  it('sends node types that the server lacks where it is asked to, and tells what the server says', async () => {
    const workflow = wired(
      node(1, 'NodeOfNobody', [], { out: ['INT', [1]] }),
      node(2, 'PreviewAny', [], { in: ['source', 1] }),
    )
    const refused = discomfort.run(workflow)
    const sent = discomfort.run(workflow, { missingNodes: 'keep' })
    await expect(refused).rejects.toMatchObject({ code: 'WORKFLOW_NODES_MISSING' })
    await expect(sent).rejects.toMatchObject({ code: 'WORKFLOW_NODES_MISSING' })
    expect([refused.report.workflows.length, sent.report.workflows.length]).toEqual([0, 1])
  })
})
