import { DiscomfortError } from '../errors.ts'
import { inOrder } from '../prompt/in-order.ts'
import { sourcesOf, type Prompt, type PromptNode } from '../prompt/prompt.ts'
import { mostNodes } from '../validate/check-prompt.ts'

/**
 * Refuses a prompt whose longest chain the server cannot follow: its validation recurses.
 * @throws {@link DiscomfortError} `PROMPT_TOO_DEEP`
 */
export function checkDepth(prompt: Prompt, workflow: string): void {
  // A chain cannot be longer than there are nodes.
  if (Object.keys(prompt).length <= mostNodes) return
  const nodes = longestChain(prompt)
  if (nodes <= mostNodes) return
  throw new DiscomfortError(
    'PROMPT_TOO_DEEP',
    `${workflow} makes a chain of ${nodes} nodes, and the server follows at most ${mostNodes}. Run the workflows one after another and pass values between them, not references (passBy: 'val').`,
    { details: { nodes, most: mostNodes, workflow } },
  )
}

/** Circles count once; the server names them. */
function longestChain(prompt: Prompt): number {
  const depths = new Map<string, number>()
  let longest = 0
  for (const id of inOrder(prompt, Object.keys(prompt))) {
    let depth = 1
    for (const source of sourcesOf(prompt[id] as PromptNode)) depth = Math.max(depth, 1 + (depths.get(source) ?? 0))
    depths.set(id, depth)
    longest = Math.max(longest, depth)
  }
  return longest
}
