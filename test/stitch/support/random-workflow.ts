import * as fc from 'fast-check'
import type { Workflow, WorkflowNode } from '../../../src/workflow/document.ts'
import { drawInPlaces, type Placed, type Wire } from '../../prompt/support/draw-in-places.ts'
import { node } from '../../prompt/support/draw.ts'
import { port } from './meaning.ts'

/** A part as it is chosen: nodes that take from nodes before them, or from ports. */
type Choice = readonly {
  readonly kind: 'Blend' | 'Mix' | 'Picture' | 'Reroute' | 'Set'
  readonly from: readonly number[]
  readonly slot: number
  readonly mode: number
  /** How many subgraphs lie around it, and around its ports. */
  readonly depth: number
  readonly portDepth: number
  readonly input: string
  readonly output: string | undefined
}[]

const ids = ['a', 'b', 'c', 'd']
const choice: fc.Arbitrary<Choice> = fc.array(
  fc.record({
    kind: fc.constantFrom('Blend', 'Blend', 'Mix', 'Picture', 'Reroute', 'Set'),
    from: fc.array(fc.nat(9), { minLength: 2, maxLength: 2 }),
    slot: fc.nat(1),
    mode: fc.constantFrom(0, 0, 0, 0, 0, 4, 2),
    depth: fc.nat(2),
    portDepth: fc.nat(2),
    input: fc.constantFrom(...ids),
    output: fc.option(fc.constantFrom(...ids), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 6 },
)

/** Several workflows that use the same few ids, some of their nodes and ports inside subgraphs, and in subgraphs of those. */
export const randomWorkflows: fc.Arbitrary<readonly Workflow[]> = fc
  .array(choice, { minLength: 2, maxLength: 4 })
  .map((choices) => choices.map(draw))

function draw(items: Choice, part: number): Workflow {
  let id = 0
  const drawn: Placed[] = []
  const wires: Wire[] = []
  const givers: { item: Placed; slots: number }[] = []
  const outputs = new Set<string>()
  const put = (drawnNode: WorkflowNode, depth: number): Placed => {
    const item = { node: drawnNode, place: ['outer', 'inner'].slice(0, depth) }
    drawn.push(item)
    return item
  }
  for (const { kind, from, slot, mode, depth, portDepth, input, output } of items) {
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
    const item = put(typed, depth)
    for (const at of names.keys()) {
      const giver = givers[from[at] ?? 0]
      if (giver) wires.push({ from: giver.item, slot: slot % giver.slots, to: item, at })
      else if (from[at] !== 9)
        wires.push({
          from: put(port((id += 1), names[at] === 'mask' ? `${input} mask` : input), portDepth),
          slot: 0,
          to: item,
          at,
        })
    }
    if (kind === 'Set') {
      const getter = put(node((id += 1), 'GetNode', { out: ['IMAGE'], values: [name] }), depth)
      givers.push({ item: getter, slots: 1 })
    } else givers.push({ item, slots: types.length })
    const last = givers.at(-1)!
    const given = output && (slot % last.slots === 1 ? `${output} mask` : output)
    if (given && !outputs.has(given)) {
      outputs.add(given)
      wires.push({ from: last.item, slot: slot % last.slots, to: put(port((id += 1), given), portDepth), at: 0 }) // prettier-ignore
    }
  }
  return drawInPlaces(drawn, wires)
}
