import * as fc from 'fast-check'
import type { SubgraphDefinition, Workflow, WorkflowNode } from '../../../src/workflow/document.ts'
import { node, subgraph, workflow } from '../../prompt/support/draw.ts'
import { port } from './meaning.ts'

/** A part as it is chosen: nodes that take from nodes before them, or from ports. */
interface Choice {
  readonly items: readonly {
    readonly kind: 'Blend' | 'Mix' | 'Picture' | 'Reroute' | 'Set'
    readonly from: readonly number[]
    readonly slot: number
    readonly mode: number
    readonly isInside: boolean
    readonly input: string
    readonly output: string | undefined
  }[]
  readonly depth: number
}

const ids = ['a', 'b', 'c', 'd']
const choice: fc.Arbitrary<Choice> = fc.record({
  items: fc.array(
    fc.record({
      kind: fc.constantFrom('Blend', 'Blend', 'Mix', 'Picture', 'Reroute', 'Set'),
      from: fc.array(fc.nat(9), { minLength: 2, maxLength: 2 }),
      slot: fc.nat(1),
      mode: fc.constantFrom(0, 0, 0, 0, 0, 4, 2),
      isInside: fc.boolean(),
      input: fc.constantFrom(...ids),
      output: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  depth: fc.nat(2),
})

/** Several workflows that use the same few ids, some of their nodes and ports inside subgraphs. */
export const randomWorkflows: fc.Arbitrary<readonly Workflow[]> = fc
  .array(choice, { minLength: 2, maxLength: 4 })
  .map((choices) => choices.map(draw))

interface Item {
  readonly node: WorkflowNode
  readonly isInside: boolean
}

function draw({ items, depth }: Choice, part: number): Workflow {
  let id = 0
  let link = 0
  const drawn: Item[] = []
  const wires: { from: Item; slot: number; to: Item; at: number }[] = []
  const givers: { item: Item; slots: number }[] = []
  const outputs = new Set<string>()
  const put = (node: WorkflowNode, isInside: boolean): Item => {
    const item = { node, isInside: isInside && depth > 0 }
    drawn.push(item)
    return item
  }
  for (const { kind, from, slot, mode, isInside, input, output } of items) {
    const names = kind === 'Blend' ? ['first', 'second'] : kind === 'Mix' ? ['mask', 'image'] : kind === 'Picture' ? [] : ['value'] // prettier-ignore
    const types = kind === 'Mix' ? ['IMAGE', 'MASK'] : ['IMAGE']
    const title = `part ${part} node ${(id += 1)}`
    const common = { in: Object.fromEntries(names.map((name) => [name, null])), out: types, mode, title }
    // Every workflow counts its channels from one, so that they are called the same in all of them.
    const name = `channel ${drawn.filter((one) => one.node.type === 'SetNode').length + 1}`
    const made =
      kind === 'Set'
        ? node(id, 'SetNode', { ...common, mode: 0, values: [name] })
        : node(id, kind, { ...common, mode: kind === 'Reroute' ? 0 : mode, values: kind === 'Blend' ? [0.5] : kind === 'Picture' ? ['a.png'] : [] }) // prettier-ignore
    const typed = { ...made, inputs: made.inputs?.map((socket) => ({ ...socket, type: socket.name === 'mask' ? 'MASK' : kind === 'Blend' || kind === 'Mix' ? 'IMAGE' : '*' })) } // prettier-ignore
    const item = put(typed, isInside)
    for (const at of names.keys()) {
      const giver = givers[from[at] ?? 0]
      if (giver) wires.push({ from: giver.item, slot: slot % giver.slots, to: item, at })
      else if (from[at] !== 9)
        wires.push({
          from: put(port((id += 1), names[at] === 'mask' ? `${input} mask` : input), !isInside),
          slot: 0,
          to: item,
          at,
        })
    }
    if (kind === 'Set') {
      const getter = put(node((id += 1), 'GetNode', { out: ['IMAGE'], values: [name] }), isInside)
      givers.push({ item: getter, slots: 1 })
    } else givers.push({ item, slots: types.length })
    const last = givers.at(-1)!
    const given = output && (slot % last.slots === 1 ? `${output} mask` : output)
    if (given && !outputs.has(given)) {
      outputs.add(given)
      wires.push({ from: last.item, slot: slot % last.slots, to: put(port((id += 1), given), from[0]! % 2 === 0), at: 0 }) // prettier-ignore
    }
  }
  const host = 90
  const outer: Parameters<typeof workflow>[1][number][] = []
  const inner: Parameters<typeof subgraph>[2][number][] = []
  const bordersIn = new Map<string, { links: number[]; outside: number }>()
  const bordersOut = new Map<string, number[]>()
  for (const { from, slot, to, at } of wires) {
    const socket = to.node.inputs![at] as { link: number | null }
    const own = (link += 1)
    const [start, end] = [Number(from.node.id), Number(to.node.id)]
    socket.link = own
    if (from.isInside === to.isInside) (from.isInside ? inner : outer).push([own, start, slot, end, at])
    else if (from.isInside) {
      const key = `${start}.${slot}`
      if (!bordersOut.has(key)) {
        bordersOut.set(key, [(link += 1)])
        inner.push([link, start, slot, -20, bordersOut.size - 1])
      }
      outer.push([own, host, [...bordersOut.keys()].indexOf(key), end, at])
    } else {
      const key = `${start}.${slot}`
      if (!bordersIn.has(key)) {
        bordersIn.set(key, { links: [], outside: (link += 1) })
        outer.push([link, start, slot, host, bordersIn.size - 1])
      }
      bordersIn.get(key)!.links.push(own)
      inner.push([own, -10, [...bordersIn.keys()].indexOf(key), end, at])
    }
  }
  const inside = drawn.filter((one) => one.isInside).map((one) => one.node)
  const outside = drawn.filter((one) => !one.isInside).map((one) => one.node)
  if (inside.length === 0) return workflow(outside, outer)
  const uuid = (end: number) => `10000000-0000-4000-8000-00000000000${end}`
  const border = {
    in: Object.fromEntries([...bordersIn].map(([name, { links }]) => [name, links])),
    out: [...bordersOut.keys()],
  }
  const sockets = { in: Object.fromEntries([...bordersIn].map(([name, { outside: own }]) => [name, own])), out: border.out } // prettier-ignore
  const definitions: SubgraphDefinition[] = [withOutputLinks(subgraph(uuid(1), inside, inner, border))]
  if (depth === 2) {
    // Once more around: each socket of the inner one is led on.
    const ins = [...bordersIn.keys()].map((_, at) => [100 + at, -10, at, 95, at] as const)
    const outs = border.out.map((_, at) => [200 + at, 95, at, -20, at] as const)
    const held = node(95, uuid(1), { in: Object.fromEntries([...bordersIn.keys()].map((name, at) => [name, 100 + at])), out: border.out }) // prettier-ignore
    const around = { in: Object.fromEntries([...bordersIn.keys()].map((name, at) => [name, [100 + at]])), out: border.out } // prettier-ignore
    definitions.push(withOutputLinks(subgraph(uuid(2), [held], [...ins, ...outs], around)))
  }
  return workflow([...outside, node(host, uuid(depth), sockets)], outer, definitions)
}

function withOutputLinks(definition: SubgraphDefinition): SubgraphDefinition {
  const links = (definition.links ?? []) as readonly { id: number; target_id: number; target_slot: number }[]
  const outputs = (definition.outputs ?? []).map((output, slot) => ({
    ...(output as object),
    linkIds: links.filter((one) => one.target_id === -20 && one.target_slot === slot).map(({ id }) => id),
  }))
  return { ...definition, outputs }
}
