export type { Prompt, PromptNode } from '../workflow/api-prompt.ts'

/** A link in a prompt: the node it comes from and the index of that node's output. */
export type PromptLink = readonly [nodeId: string, slot: number]

/** Whether a prompt input is a link: an array of exactly a node id and an output index, as the server itself decides. */
export function isPromptLink(value: unknown): value is PromptLink {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number'
}
