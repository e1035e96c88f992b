import { DiscomfortError } from '../errors.ts'
import { inOrder } from '../prompt/in-order.ts'
import type { Prompt } from '../prompt/prompt.ts'

/**
 * The ids of a prompt's nodes, each behind all that it takes values from, else in the order of the prompt.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_CYCLE` naming both ends of the link that closes a circle
 */
export function executionOrder(prompt: Prompt, nameOf: (node: string) => string = inPrompt(prompt)): string[] {
  return inOrder(prompt, Object.keys(prompt), {
    onCircle(nodes) {
      throw cycle(nodes, nameOf)
    },
  })
}

function inPrompt(prompt: Prompt): (node: string) => string {
  return (node) => `"${prompt[node]?._meta?.title ?? prompt[node]?.class_type}" (node ${node})`
}

/** `nodes` begins where the circle closes: each takes from the next, the last from the first. */
function cycle(nodes: string[], nameOf: (node: string) => string): DiscomfortError<'WORKFLOW_CYCLE'> {
  const first = nodes[0] as string
  const last = nodes.at(-1) as string
  const message =
    first === last
      ? `${nameOf(first)} takes its own output.`
      : `${nameOf(first)} needs what ${nameOf(last)} gives, and that needs what the first gives.`
  return new DiscomfortError('WORKFLOW_CYCLE', `${message} Take one of the links between them away.`, {
    details: { nodes },
  })
}
