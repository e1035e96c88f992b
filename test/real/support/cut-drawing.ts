import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'
import { isPromptLink, withLinks, type Prompt, type PromptNode } from '../../../src/prompt/prompt.ts'
import type { Workflow } from '../../../src/workflow/document.ts'
import type { Random } from '../../support/random.ts'
import { drawPrompt } from './draw-prompt.ts'

/** A workflow and the parts that it was cut into, as drawings. */
export interface DrawnCut {
  readonly uncut: Workflow
  readonly parts: readonly Workflow[]
}

/** Draws them with nodes in subgraphs by chance: each in the same place in the whole and in its part, ports in any. */
export function drawCut(
  whole: Prompt,
  parts: readonly Prompt[],
  definitions: NodeDefinitions,
  random: Random,
): DrawnCut {
  const placeOf = placesByChance(whole, random)
  const draw = (prompt: Prompt, placeIn: PlaceOf) =>
    drawPrompt(prompt, definitions, placeIn, random.pick([0.4, 1] as const))
  return {
    uncut: draw(whole, placeOf),
    parts: parts.map((part) => {
      const spread = spreadPorts(part, () => random.below(2) === 0)
      return draw(spread, withPorts(spread, placeOf, random))
    }),
  }
}

/** The subgraphs around a node; undefined for one that is not in the whole: a port of the cut. */
type PlaceOf = (id: string) => readonly string[] | undefined

const subgraphs: readonly (readonly string[])[] = [[], ['outer'], ['outer', 'inner'], ['other']]

/** Nodes of a class lie alike. Where each has a subgraph of its own, two that say the same are one subgraph used twice. */
function placesByChance(whole: Prompt, random: Random): PlaceOf {
  const ways = new Map<string, { readonly around: readonly string[]; readonly isAlone: boolean }>()
  for (const { class_type } of Object.values(whole))
    if (!ways.has(class_type)) ways.set(class_type, { around: random.pick(subgraphs), isAlone: random.below(3) === 0 })
  return (id) => {
    const way = whole[id] && ways.get(whole[id].class_type)
    return way && (way.isAlone ? [...way.around, id] : way.around)
  }
}

/** Makes an INPUT port into one for each node that it feeds. */
export function spreadPorts(part: Prompt, isSpread: (port: string) => boolean): Prompt {
  const spread = new Set(Object.keys(part).filter((id) => id.startsWith('in ') && isSpread(id)))
  const nodes: Record<string, PromptNode> = {}
  for (const [id, node] of Object.entries(part)) {
    if (spread.has(id)) continue
    nodes[id] = withLinks(node, ([from, slot]) => {
      if (!spread.has(from)) return [from, slot]
      const own = `${from} for ${id}`
      nodes[own] = part[from] as PromptNode
      return [own, slot]
    })
  }
  return nodes
}

/** Ports of the cut lie beside a node that they are wired to, or anywhere; those of one id alike. */
function withPorts(part: Prompt, placeOf: PlaceOf, random: Random): PlaceOf {
  const chosen = new Map<unknown, readonly string[] | 'beside'>()
  const ports = new Map<string, readonly string[]>()
  const place = (port: string, beside: string): void => {
    if (placeOf(port)) return
    const uniqueId = part[port]?.inputs['unique_id']
    const choice = chosen.get(uniqueId) ?? (random.below(3) > 0 ? 'beside' : random.pick(subgraphs))
    chosen.set(uniqueId, choice)
    ports.set(port, choice === 'beside' ? (placeOf(beside) ?? []) : choice)
  }
  for (const [id, { inputs }] of Object.entries(part)) {
    for (const value of Object.values(inputs)) {
      if (!isPromptLink(value)) continue
      place(id, value[0])
      place(value[0], id)
    }
  }
  return (id) => placeOf(id) ?? ports.get(id)
}
