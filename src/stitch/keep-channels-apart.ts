import type { CanvasDraft, NodeDraft } from './canvas-draft.ts'

/** Nodes that pass values on by name: a Get takes what the Set of its name holds. */
export const channelTypes: ReadonlySet<string> = new Set(['GetNode', 'SetNode', 'easy getNode', 'easy setNode'])

/** Renames channels that an earlier workflow uses too, so that no Get hears the Set of another workflow. Adds all to `taken`. */
export function keepChannelsApart(canvases: readonly CanvasDraft[], taken: Set<string>): void {
  const nodes = canvases.flatMap((canvas) => canvas.nodes.filter(({ type }) => channelTypes.has(type)))
  const names = new Map<string, string>()
  for (const name of nodes.map(channelOf)) {
    if (name === undefined || names.has(name)) continue
    let free = name
    for (let count = 2; taken.has(free); count += 1) free = `${name} (${count})`
    names.set(name, free)
  }
  for (const free of names.values()) taken.add(free)
  for (const node of nodes) {
    const name = channelOf(node)
    const free = name === undefined ? undefined : names.get(name)
    if (name === undefined || free === undefined || free === name) continue
    const [, ...rest] = node['widgets_values'] as unknown[]
    const title = typeof node['title'] === 'string' ? { title: node['title'].replace(name, free) } : {}
    Object.assign(node, { widgets_values: [free, ...rest] }, title)
  }
}

function channelOf(node: NodeDraft): string | undefined {
  const values = node['widgets_values']
  const name: unknown = Array.isArray(values) ? (values as unknown[])[0] : undefined
  return typeof name === 'string' ? name : undefined
}
