/** What `POST /prompt` takes: node id → class and inputs ("API format"). Node ids inside subgraphs are `outer:inner`. */
export type Prompt = Readonly<Record<string, PromptNode>>

/** One node of a prompt. An input is a constant, a link, or a list wrapped as `{ __value__: [...] }`. */
export interface PromptNode {
  readonly class_type: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly _meta?: { readonly title?: string | undefined } | undefined
}

/** A link in a prompt: the node it comes from and the index of that node's output. */
export type PromptLink = readonly [nodeId: string, slot: number]

/** Whether a prompt input is a link: an array of exactly a node id and an output index, as the server itself decides. */
export function isPromptLink(value: unknown): value is PromptLink {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number'
}
