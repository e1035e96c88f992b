import { sourcesOf, type Prompt, type PromptNode } from './prompt.ts'

/**
 * The nodes that some nodes of a prompt need, and those themselves, each behind all that it takes values from. A node in
 * a circle comes once; `onCircle` hears of the nodes of each, from the one at which it closes. No recursion: prompts may
 * be deeper than any stack.
 */
export function inOrder(
  prompt: Prompt,
  starts: Iterable<string>,
  {
    needsOf = sourcesOf,
    onCircle = () => undefined,
  }: { needsOf?: (node: PromptNode) => readonly string[]; onCircle?: (nodes: string[]) => void } = {},
): string[] {
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const path: { readonly id: string; readonly needs: readonly string[]; next: number }[] = []
  const enter = (id: string): void => {
    const node = Object.hasOwn(prompt, id) ? prompt[id] : undefined
    if (!node || state.has(id)) return
    state.set(id, 'open')
    path.push({ id, needs: needsOf(node), next: 0 })
  }
  for (const start of starts) {
    enter(start)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const need = top.needs[top.next]
      top.next += 1
      if (need === undefined) {
        path.pop()
        state.set(top.id, 'done')
        order.push(top.id)
      } else if (state.get(need) === 'open') {
        const ids = path.map(({ id }) => id)
        onCircle(ids.slice(ids.indexOf(need)))
      } else enter(need)
    }
  }
  return order
}
