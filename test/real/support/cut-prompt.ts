import { isPromptLink, type Prompt, type PromptLink, type PromptNode } from '../../../src/prompt/prompt.ts'
import type { Random } from '../../support/random.ts'
import { port } from './prompts.ts'

/** Cuts a prompt by chance into two parts or more, at most `count`. */
export function cutPrompt(prompt: Prompt, count: number, random: Random): Prompt[] {
  for (;;) {
    const parts = cutBetween(prompt, partsByChance(prompt, count, random))
    if (parts.length > 1) return parts
  }
}

/** Every node goes into a part not before those of the nodes that it needs. */
function partsByChance(prompt: Prompt, count: number, random: Random): ReadonlyMap<string, number> {
  const partOf = new Map<string, number>()
  for (const id of inOrder(prompt)) {
    const needed = linksOf(prompt[id] as PromptNode).map(([from]) => partOf.get(from) ?? 0)
    const first = Math.max(0, ...needed)
    partOf.set(id, first + random.below(Math.min(2, count - first)))
  }
  return partOf
}

/**
 * Cuts a prompt into the parts that its nodes are given. A link over a cut becomes an OUTPUT port in one part and an INPUT
 * port of that id in each part that takes it.
 */
export function cutBetween(prompt: Prompt, partOf: ReadonlyMap<string, number>): Prompt[] {
  const used = [...new Set(partOf.values())].sort((one, other) => one - other)
  return used.map((part) => partPrompt(prompt, part, partOf))
}

function partPrompt(prompt: Prompt, part: number, partOf: ReadonlyMap<string, number>): Prompt {
  const nodes: Record<string, PromptNode> = {}
  const isHere = (id: string): boolean => partOf.get(id) === part
  for (const [id, node] of Object.entries(prompt)) {
    if (isHere(id)) {
      const inputs = Object.entries(node.inputs).map(([name, value]) => {
        if (!isPromptLink(value) || isHere(value[0])) return [name, value] as const
        const uniqueId = nameOf(value)
        nodes[`in ${uniqueId}`] = port(uniqueId)
        return [name, [`in ${uniqueId}`, 0]] as const
      })
      nodes[id] = { ...node, inputs: Object.fromEntries(inputs) }
    } else
      for (const link of linksOf(node)) if (isHere(link[0])) nodes[`out ${nameOf(link)}`] = port(nameOf(link), link)
  }
  return nodes
}

const nameOf = ([node, slot]: PromptLink): string => `${node}/${slot}`

function linksOf(node: PromptNode): PromptLink[] {
  return Object.values(node.inputs).filter(isPromptLink)
}

/** The nodes, each after those it needs. */
function inOrder(prompt: Prompt): readonly string[] {
  const done = new Set<string>()
  const visit = (id: string): void => {
    if (done.has(id)) return
    for (const [from] of linksOf(prompt[id] as PromptNode)) visit(from)
    done.add(id)
  }
  for (const id of Object.keys(prompt)) visit(id)
  return [...done]
}

/** What makes an output, without ids: two prompts that say the same are equal in it. */
export function shapeOf(prompt: Prompt, [id, slot]: PromptLink): unknown {
  const node = prompt[id] as PromptNode
  const inputs = Object.entries(node.inputs)
    .map(([name, value]) => [name, isPromptLink(value) ? shapeOf(prompt, value) : value] as const)
    .sort(([one], [other]) => one.localeCompare(other))
  return [node.class_type, slot, inputs]
}
