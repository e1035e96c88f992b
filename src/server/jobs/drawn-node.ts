import type { Prompt } from '../../prompt/prompt.ts'
import { titleOf } from '../../prompt/title-of.ts'

/** Tells where a node of the prompt comes from. */
export type OriginOf = (node: string) => { readonly workflow?: string; readonly node: string }

/** A node as it was drawn. */
export interface DrawnNode {
  /** The workflow that it comes from, where that is known. */
  readonly workflow: string | undefined
  /** Its id there. */
  readonly node: string
  readonly title: string
  readonly classType: string
}

/** The node as drawn that the server means by an id. */
export function drawnNode(prompt: Prompt, told: string, originOf: OriginOf = (node) => ({ node })): DrawnNode {
  const id = sentNode(prompt, told)
  const { workflow, node } = originOf(id)
  return { workflow, node, ...namesOf(prompt, id) }
}

/** How a node of the prompt is called; by its id where the prompt does not know it. */
export function namesOf(prompt: Prompt, id: string): { readonly title: string; readonly classType: string } {
  const node = prompt[id]
  return { title: node ? titleOf(node) : id, classType: node?.class_type ?? '' }
}

/**
 * The node of the prompt that the server means by an id. Nodes that a node made while it ran have ids like `12.0.0.5`:
 * they count as the one before the first dot, if the prompt has that.
 */
export function sentNode(prompt: Prompt, told: string): string {
  if (prompt[told]) return told
  const [outer = told] = told.split('.')
  return prompt[outer] ? outer : told
}
