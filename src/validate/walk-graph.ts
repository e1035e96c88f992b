import type { CheckedNode, CheckedNodes } from './checked-node.ts'

/** How the nodes of a prompt hang together. */
export interface Walk {
  /** Nodes that the server checks: those that outputs need through declared inputs. */
  readonly checked: ReadonlySet<string>
  /** Nodes that run: those that outputs need through any input. */
  readonly run: ReadonlySet<string>
  /** Groups of nodes of which each needs itself. */
  readonly cycles: readonly (readonly string[])[]
  /** The longest chain of checked nodes that ends at an output, and that output. */
  readonly depth: { readonly nodes: number; readonly output: string }
}

/** Walks a prompt from its outputs upstream. No recursion: prompts may be deeper than any stack. */
export function walkGraph(nodes: CheckedNodes): Walk {
  const outputs = [...nodes.values()].filter(({ isOutput }) => isOutput).map(({ id }) => id)
  const checkedLinks = linkedBy(nodes, ({ definition, declared, inputs }) =>
    // Nobody knows what a missing class declares: whatever is linked counts.
    definition ? [...declared.keys()].map((name) => inputs.get(name)) : [...inputs.values()],
  )
  const { order, cycles } = components(outputs, checkedLinks)
  const depths = new Map<string, number>()
  // Sources come before what needs them.
  for (const id of order)
    depths.set(id, 1 + checkedLinks(id).reduce((most, from) => Math.max(most, depths.get(from) ?? 0), 0))
  const depth = outputs.reduce(
    (most, output) => ((depths.get(output) ?? 0) > most.nodes ? { nodes: depths.get(output) ?? 0, output } : most),
    { nodes: 0, output: '' },
  )
  const run = reach(
    outputs,
    linkedBy(nodes, ({ inputs }) => [...inputs.values()]),
  )
  return { checked: new Set(order), run, cycles, depth }
}

type Sources = (id: string) => readonly string[]

function linkedBy(nodes: CheckedNodes, values: (node: CheckedNode) => readonly unknown[]): Sources {
  const known = new Map<string, readonly string[]>()
  return (id) => {
    let sources = known.get(id)
    if (!sources) {
      const node = nodes.get(id) as CheckedNode
      sources = values(node).flatMap((value) => {
        if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return []
        return nodes.has(value[0]) ? [value[0]] : []
      })
      known.set(id, sources)
    }
    return sources
  }
}

function reach(from: readonly string[], sources: Sources): ReadonlySet<string> {
  const seen = new Set(from)
  const open = [...from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const source of sources(id)) {
      if (seen.has(source)) continue
      seen.add(source)
      open.push(source)
    }
  }
  return seen
}

interface Frame {
  readonly id: string
  readonly sources: readonly string[]
  next: number
}

/** Tarjan's strongly connected components, with a stack of its own. `order` has sources before what needs them. */
function components(from: readonly string[], sources: Sources): { order: string[]; cycles: string[][] } {
  const numbers = new Map<string, number>()
  const lowest = new Map<string, number>()
  const onPath = new Set<string>()
  const path: string[] = []
  const order: string[] = []
  const cycles: string[][] = []
  const frames: Frame[] = []
  const enter = (id: string): void => {
    numbers.set(id, numbers.size)
    lowest.set(id, numbers.size - 1)
    path.push(id)
    onPath.add(id)
    frames.push({ id, sources: sources(id), next: 0 })
  }
  const lower = (id: string, to: number): void => void lowest.set(id, Math.min(lowest.get(id) ?? to, to))
  const leave = ({ id, sources: own }: Frame): void => {
    frames.pop()
    const below = frames.at(-1)
    if (below) lower(below.id, lowest.get(id) ?? 0)
    order.push(id)
    if (lowest.get(id) !== numbers.get(id)) return
    const members = path.splice(path.lastIndexOf(id))
    for (const member of members) onPath.delete(member)
    if (members.length > 1 || own.includes(id)) cycles.push(members)
  }
  for (const start of from) {
    if (!numbers.has(start)) enter(start)
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const source = frame.sources[frame.next]
      frame.next += 1
      if (source === undefined) leave(frame)
      else if (!numbers.has(source)) enter(source)
      else if (onPath.has(source)) lower(frame.id, numbers.get(source) ?? 0)
    }
  }
  return { order, cycles }
}
