import type { PromptNode } from '../workflow/api-prompt.ts'

export type { Prompt, PromptNode } from '../workflow/api-prompt.ts'

/** A link in a prompt: the node it comes from and the index of that node's output. */
export type PromptLink = readonly [nodeId: string, slot: number]

/** Whether a prompt input is a link: an array of exactly a node id and an output index, as the server itself decides. */
export function isPromptLink(value: unknown): value is PromptLink {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number'
}

/** The ids of the nodes that a node takes values from, an id once for each link. */
export function sourcesOf({ inputs }: PromptNode): string[] {
  return Object.values(inputs).flatMap((value) => (isPromptLink(value) ? [value[0]] : []))
}

/** A node with other links in place of its own. */
export function withLinks(node: PromptNode, linkOf: (link: PromptLink) => PromptLink): PromptNode {
  const inputs = Object.entries(node.inputs).map(
    ([name, value]) => [name, isPromptLink(value) ? linkOf(value) : value] as const,
  )
  return { ...node, inputs: Object.fromEntries(inputs) }
}
