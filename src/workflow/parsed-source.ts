import type { Prompt } from './api-prompt.ts'
import type { Workflow } from './document.ts'

/** What a source turned out to be: a workflow as the canvas saves it, or a prompt ("API format"). */
export type ParsedSource =
  | { readonly kind: 'workflow'; readonly workflow: Workflow }
  | { readonly kind: 'prompt'; readonly prompt: Prompt }
