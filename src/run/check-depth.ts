import { DiscomfortError } from '../errors.ts'
import { isPromptLink, type Prompt } from '../prompt/prompt.ts'
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

/** No recursion: it would end where the server's does. Circles count once; the server names them. */
function longestChain(prompt: Prompt): number {
  const depths = new Map<string, number>()
  const entered = new Set<string>()
  for (const start of Object.keys(prompt)) {
    const open = [start]
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      const sources = sourcesOf(prompt, id)
      const missing = entered.has(id) ? undefined : sources.filter((source) => !entered.has(source))
      entered.add(id)
      if (missing?.length) open.push(...missing)
      else {
        open.pop()
        if (!depths.has(id)) depths.set(id, 1 + Math.max(0, ...sources.map((source) => depths.get(source) ?? 0)))
      }
    }
  }
  return Math.max(0, ...depths.values())
}

function sourcesOf(prompt: Prompt, id: string): readonly string[] {
  return Object.values(prompt[id]?.inputs ?? {}).flatMap((value) => (isPromptLink(value) ? [value[0]] : []))
}
