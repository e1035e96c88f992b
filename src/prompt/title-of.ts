import type { PromptNode } from './prompt.ts'

/** The title of a node as drawn; its class where it has none. */
export function titleOf({ _meta, class_type }: PromptNode): string {
  return _meta?.title ?? class_type
}
