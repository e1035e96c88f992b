import { DiscomfortError } from '../errors.ts'
import { isPromptLink, type Prompt } from '../prompt/prompt.ts'

/**
 * The ids of a prompt's nodes, each behind all that it takes values from, else in the order of the prompt. Without
 * recursion: chains may be longer than any stack.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_CYCLE` naming both ends of the link that closes a circle
 */
export function executionOrder(prompt: Prompt, nameOf: (node: string) => string = inPrompt(prompt)): string[] {
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const path: { readonly id: string; readonly needs: readonly string[]; next: number }[] = []
  const enter = (id: string): void => {
    state.set(id, 'open')
    path.push({ id, needs: sourcesOf(prompt, id), next: 0 })
  }
  for (const start of Object.keys(prompt)) {
    if (state.has(start)) continue
    enter(start)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const need = top.needs[top.next]
      top.next += 1
      if (need === undefined) {
        path.pop()
        state.set(top.id, 'done')
        order.push(top.id)
      } else if (state.get(need) === 'open') {
        const circle = path.map(({ id }) => id)
        throw cycle(circle.slice(circle.indexOf(need)), nameOf)
      } else if (!state.has(need)) enter(need)
    }
  }
  return order
}

function sourcesOf(prompt: Prompt, id: string): readonly string[] {
  return Object.values(prompt[id]?.inputs ?? {}).flatMap((value) =>
    isPromptLink(value) && Object.hasOwn(prompt, value[0]) ? [value[0]] : [],
  )
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
