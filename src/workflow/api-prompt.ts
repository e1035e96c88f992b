/** What `POST /prompt` takes: node id → class and inputs ("API format"). Node ids inside subgraphs are `outer:inner`. */
export type Prompt = Readonly<Record<string, PromptNode>>

/** One node of a prompt. An input is a constant, a link, or a list wrapped as `{ __value__: [...] }`. */
export interface PromptNode {
  readonly class_type: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly _meta?: { readonly title?: string | undefined } | undefined
}
