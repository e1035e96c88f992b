import type { OutputPort } from '../ports/port.ts'
import type { PromptLink } from '../prompt/prompt.ts'
import { removeNode, type CanvasDraft, type NodeDraft } from './canvas-draft.ts'
import { leadIn, leadOut, type NextLink, type Origin } from './lead-values.ts'
import type { Drawing } from './part-draft.ts'
import type { JointPlan, MadeEnd, Part } from './plan-joints.ts'
import { placeOfPort } from './port-place.ts'

/** Which ports are taken away: none, those that are joined to others, or all. */
export type PortRemoval = boolean | 'joined'

/** What became of an INPUT port in the drawing: it hangs on another output, is replaced by it, or is gone. */
type InputChange =
  | { readonly kind: 'passes'; readonly by: () => PromptLink | undefined; readonly isNameless: boolean }
  | { readonly kind: 'replaced'; readonly by: () => PromptLink | undefined; readonly origin: Origin }
  | { readonly kind: 'gone' }

/** What the drawing of the ports became, as far as their prompt must know. */
export interface JoinedPorts {
  /** By part and the id of the port in the prompt of that part. */
  readonly inputs: ReadonlyMap<Part, Map<string, InputChange>>
  readonly goneOutputs: ReadonlySet<OutputPort>
}

/** Draws the links of all joints, and takes away the ports that are not to stay. */
export function joinCanvases(
  parts: readonly Part[],
  plan: JointPlan,
  removal: { readonly inputs: PortRemoval; readonly outputs: PortRemoval },
  drawing: Drawing,
): JoinedPorts {
  const nextLink: NextLink = linkNumbers(parts, drawing)
  const led = new Map<OutputPort, Origin>()
  const changes = new Map<Part, Map<string, InputChange>>()
  const linkIn = (part: Part, [node, slot]: PromptLink): PromptLink | undefined => {
    const change = changes.get(part)?.get(node)
    if (change?.kind === 'replaced') return change.by()
    return change?.kind === 'gone' ? undefined : [part.draft.idOf(node), slot]
  }
  const originOfMade = ({ part, port }: MadeEnd): Origin => {
    const { uniqueId: name, type, node: drawn, source } = port
    const [node, slot] = source
    // A border on the way asks bypassed nodes for its own type: then only the node that really makes the value will do.
    if (!hasBypassed(part) || !drawn.includes(':')) return leadOut(placeOfPort(part.draft, drawn, drawing), { name, type }, nextLink) // prettier-ignore
    const change = changes.get(part)?.get(node)
    if (change?.kind === 'replaced') return change.origin
    return leadOut(placeOfPort(part.draft, node, drawing), { name, type, slot }, nextLink)
  }
  for (const part of parts) {
    const ofPart = new Map<string, InputChange>()
    changes.set(part, ofPart)
    for (const { port, from, like, isPlain } of plan.inputs.get(part) ?? []) {
      const isMain = !port.node.includes(':')
      if (from) {
        const place = placeOfPort(part.draft, port.node, drawing)
        const origin = led.get(from.port) ?? originOfMade(from)
        led.set(from.port, origin)
        // Told when it is asked: ids inside a subgraph are others once it has been copied.
        const by = () => linkIn(from.part, from.port.source)
        const wantsDirect = isMain && (removal.inputs !== false || !isPlain)
        const direct = wantsDirect ? directOrigin(from.part, origin, by()) : undefined
        if (direct) {
          redirect(place.canvas, place.node, direct)
          removeNode(place.canvas, place.node)
          ofPart.set(port.node, { kind: 'replaced', by, origin: direct })
        } else {
          const type = hasBypassed(from.part) ? '*' : from.port.type
          leadIn(place, origin, port.uniqueId, type, nextLink)
          if (!isPlain) forgetName(place.node)
          ofPart.set(port.node, { kind: 'passes', by, isNameless: !isPlain })
        }
      } else if (like && removal.inputs === 'joined' && isMain && !like.port.node.includes(':')) {
        const place = placeOfPort(part.draft, port.node, drawing)
        const first = like.part.draft.idOn(undefined, like.port.node)
        const origin = { node: first, slot: 0 }
        redirect(place.canvas, place.node, origin)
        removeNode(place.canvas, place.node)
        ofPart.set(port.node, { kind: 'replaced', by: () => [String(first), 0], origin })
      }
    }
  }
  const goneOutputs = new Set<OutputPort>()
  for (const part of parts) {
    for (const port of part.read.ports.outputs) {
      const goes = removal.outputs === true || (removal.outputs === 'joined' && plan.taken.has(port))
      if (goes || plan.replaced.has(port)) goneOutputs.add(port)
    }
    const open =
      removal.inputs === true ? part.read.ports.inputs.filter(({ node }) => !changes.get(part)?.has(node)) : []
    for (const { node } of open) changes.get(part)?.set(node, { kind: 'gone' })
    for (const port of [...part.read.ports.outputs.filter((one) => goneOutputs.has(one)), ...open]) {
      const { canvas, node } = placeOfPort(part.draft, port.node, drawing)
      removeNode(canvas, node)
    }
  }
  return { inputs: changes, goneOutputs }
}

/** A bypassed node gives what fits the type of the socket that asks; an OUTPUT port had asked for anything. */
function hasBypassed({ draft: { workflow } }: Part): boolean {
  const canvases = [workflow, ...(workflow.definitions?.subgraphs ?? [])]
  return canvases.some(({ nodes }) => nodes?.some(({ mode }) => mode === 4))
}

/**
 * Where a link that takes the place of a port may start: where bypassed nodes could be on the way, only the node that
 * really makes the value will do.
 */
function directOrigin(part: Part, origin: Origin, real: PromptLink | undefined): Origin | undefined {
  if (!hasBypassed(part)) return origin
  // Nodes on the main canvas have whole numbers by now.
  return real && !real[0].includes(':') ? { node: Number(real[0]), slot: real[1] } : undefined
}

/** What hung on a port hangs on another output from now on. */
function redirect(canvas: CanvasDraft, port: NodeDraft, { node, slot }: Origin): void {
  for (const link of [...canvas.links.values(), ...canvas.floating]) {
    if (link.origin_id !== port.id) continue
    link.origin_id = node
    link.origin_slot = slot
  }
}

/** The id of a port that only passes on would mean two places: a value given for it in a run could reach the wrong one. */
function forgetName(port: NodeDraft): void {
  const [, ...rest] = Array.isArray(port['widgets_values']) ? (port['widgets_values'] as unknown[]) : []
  Object.assign(port, { widgets_values: ['', ...rest] })
}

function linkNumbers(parts: readonly Part[], { free }: Drawing): NextLink {
  const main = new Set(parts.map(({ draft }) => draft.canvas))
  return (canvas) => {
    if (main.has(canvas)) return (free.link += 1)
    let highest = 0
    for (const id of canvas.links.keys()) highest = Math.max(highest, id)
    return highest + 1
  }
}
