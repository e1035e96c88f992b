import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { isPromptLink, type Prompt } from '../../src/prompt/prompt.ts'
import { pruneToOutput } from '../../src/stitch/prune-to-output.ts'
import { stitchWorkflows } from '../../src/stitch/stitch-workflows.ts'
import type { LinkTuple, Workflow } from '../../src/workflow/document.ts'
import { frontends } from './support/frontend.ts'
import { readOfficialWorkflows, type OfficialWorkflow } from './support/official-workflows.ts'
import { startParityServer, type ParityServer } from './support/parity-server.ts'

describe('official workflows', () => {
  let server: ParityServer
  let workflows: readonly OfficialWorkflow[]
  const now = new Date()

  beforeAll(async () => {
    server = await startParityServer(frontends[0] as (typeof frontends)[number])
    workflows = await readOfficialWorkflows(server.python)
  })

  afterAll(() => server?.[Symbol.asyncDispose]())

  const convert = (workflow: Workflow): Prompt =>
    compileWorkflow(workflow, server.definitions, { missingNodes: 'keep', now }).prompt

  it('stitched to others and to themselves stay what they are', () => {
    for (const [at, { name, workflow }] of workflows.entries()) {
      const other = workflows[(at * 7 + 3) % workflows.length]!.workflow
      const parts = [workflow, other, workflow]
      const stitched = stitchWorkflows(parts, { nodeDefinitions: server.definitions })
      expect(nodesOf(convert(stitched.workflow)), name).toEqual(parts.flatMap((part) => nodesOf(convert(part))).toSorted(byText)) // prettier-ignore
      expect(stitched.executionOrder.toSorted(byText)).toEqual(Object.keys(convert(stitched.workflow)).toSorted(byText))
    }
  })

  it('pruned to an output are what that needs', () => {
    let compared = 0
    for (const { name, workflow } of workflows) {
      const givers = workflow.nodes.filter(({ outputs, mode }) => outputs?.length && !mode)
      for (const giver of [givers.at(-1), givers[Math.floor(givers.length / 2)]]) {
        if (!giver) continue
        const id = 99_999
        const inputs = [{ name: 'value', type: '*', link: id }]
        const outputs = [{ name: 'value', type: '*', links: [] }]
        const port = { id, type: 'DiscomfortPort', inputs, outputs, widgets_values: ['out', ''], mode: 0 }
        const link: LinkTuple = [id, giver.id, 0, id, 0, '*']
        const whole = { ...workflow, nodes: [...workflow.nodes, port], links: [...(workflow.links ?? []), link] }
        const prompt = convert(whole)
        if (!isPromptLink(prompt[id]?.inputs['value'])) continue
        const pruned = pruneToOutput(whole, 'out', { nodeDefinitions: server.definitions })
        expect(nodesOf(convert(pruned)), name).toEqual(nodesOf(needed(prompt, String(id))))
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(workflows.length)
  })
})

function needed(prompt: Prompt, last: string): Prompt {
  const ids = new Set([last])
  for (const id of ids) for (const value of Object.values(prompt[id]?.inputs ?? {})) if (isPromptLink(value)) ids.add(value[0]) // prettier-ignore
  return Object.fromEntries(Object.entries(prompt).filter(([id]) => ids.has(id)))
}

/** The nodes of a prompt as texts, whatever their ids: links go by what they come from. */
function nodesOf(prompt: Prompt): readonly string[] {
  const known = new Map<string, string>()
  const describeNode = (id: string): string => {
    const before = known.get(id)
    if (before !== undefined) return before
    known.set(id, 'a circle')
    const { class_type, inputs, _meta } = prompt[id]!
    const said = Object.entries(inputs)
      .map(([name, value]) => [
        name,
        isPromptLink(value) && prompt[value[0]] ? [describeNode(value[0]), value[1]] : value,
      ]) // prettier-ignore
      .toSorted(([one], [other]) => byText(String(one), String(other)))
    const text = createHash('sha256')
      .update(JSON.stringify([class_type, _meta?.title, said]))
      .digest('hex')
    known.set(id, text)
    return text
  }
  return Object.keys(prompt).map(describeNode).toSorted(byText)
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
