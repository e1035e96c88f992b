import type { SubgraphDefinition, Workflow, WorkflowNode } from '../workflow/document.ts'
import { inputBorder, outputBorder } from '../workflow/links.ts'
import { draftCanvas, type LinkDraft } from './canvas-draft.ts'
import { channelTypes } from './keep-channels-apart.ts'

/** The ids of the nodes that stay, by the ids of the nodes around them, each with a colon (`''`: the main canvas, `12:`). */
export type Needed = ReadonlyMap<string, ReadonlySet<string>>

interface Canvas {
  readonly nodes: ReadonlyMap<string, WorkflowNode>
  readonly links: ReadonlyMap<number, LinkDraft>
}

/**
 * What must stay of a drawing, so that the nodes of the prompt that are `wanted` get the same inputs: they, the nodes
 * around them, and all that passes values on to them. What would bring other nodes of the prompt is not needed.
 */
export function whatIsNeeded(workflow: Workflow, wanted: ReadonlySet<string>): Needed {
  const definitions = new Map((workflow.definitions?.subgraphs ?? []).map((one) => [one.id, one]))
  const canvases = new Map<string, Canvas>()
  const canvasOf = (key: string, drawn: Workflow | SubgraphDefinition): Canvas => {
    const known = canvases.get(key)
    if (known) return known
    const { links } = draftCanvas(drawn)
    const made = { nodes: new Map((drawn.nodes ?? []).map((node) => [String(node.id), node])), links }
    canvases.set(key, made)
    return made
  }
  const main = canvasOf('', workflow)
  /** The canvas inside a node, and the canvas that a scope names. */
  const inside = (node: WorkflowNode | undefined): Canvas | undefined => {
    const definition = node && definitions.get(node.type)
    return definition && canvasOf(`:${definition.id}`, definition)
  }
  const canvasAt = (scope: string): Canvas | undefined => {
    let canvas: Canvas | undefined = main
    for (const id of scope.split(':').slice(0, -1)) canvas = inside(canvas?.nodes.get(id))
    return canvas
  }

  const needed = new Map<string, Set<string>>()
  const open: (() => void)[] = []
  const keep = (scope: string, id: string): boolean => {
    const kept = needed.get(scope) ?? new Set()
    needed.set(scope, kept)
    if (kept.has(id)) return false
    kept.add(id)
    return true
  }
  const visited = new Set<string>()
  const once = (key: string, act: () => void): void => {
    if (visited.has(key)) return
    visited.add(key)
    open.push(act)
  }
  const follow = (scope: string, link: number | null | undefined): void => {
    const found = typeof link === 'number' ? canvasAt(scope)?.links.get(link) : undefined
    if (!found) return
    if (found.origin_id === inputBorder) once(`${scope} in ${found.origin_slot}`, () => outOf(scope, found.origin_slot))
    else once(`${scope}${found.origin_id} ${found.origin_slot}`, () => into(scope, String(found.origin_id), found.origin_slot)) // prettier-ignore
  }
  /** Over the border to what feeds the node around. */
  const outOf = (scope: string, slot: number): void => {
    const path = scope.split(':').slice(0, -1)
    const host = path.at(-1) ?? ''
    const outer = path.slice(0, -1).map((id) => `${id}:`).join('') // prettier-ignore
    const node = canvasAt(outer)?.nodes.get(host)
    const name = (definitions.get(node?.type ?? '')?.inputs?.[slot] as { name?: string } | undefined)?.name
    follow(outer, node?.inputs?.find((input) => input.name === name)?.link)
  }
  const into = (scope: string, id: string, slot: number): void => {
    const node = canvasAt(scope)?.nodes.get(id)
    if (!node) return
    const inner = inside(node)
    const isReal = wanted.has(`${scope}${id}`)
    if (inner) {
      keep(scope, id)
      if (node.mode === 4) return allInputs(scope, node)
      if (node.mode === 2 && scope === '') return
      for (const link of inner.links.values()) {
        if (link.target_id === outputBorder && link.target_slot === slot) follow(`${scope}${id}:`, link.id)
      }
      return
    }
    if (isReal || isNodeOfPrompt(node, scope, id)) return
    if (!keep(scope, id)) return
    if (node.mode === 2) return // it is not run, and what hangs on it is left without a value
    if (channelTypes.has(node.type)) setters(scope, node)
    allInputs(scope, node)
  }
  const allInputs = (scope: string, node: WorkflowNode): void => {
    for (const { link } of node.inputs ?? []) follow(scope, link)
  }
  /** A Get node hears the Set node of its name, on its own canvas or on one around it. */
  const setters = (scope: string, getter: WorkflowNode): void => {
    const path = scope.split(':').slice(0, -1)
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const at = path.slice(0, depth).map((id) => `${id}:`).join('') // prettier-ignore
      for (const [id, node] of canvasAt(at)?.nodes ?? []) {
        if (!channelTypes.has(node.type) || channel(node) !== channel(getter)) continue
        if (keep(at, id)) allInputs(at, node)
      }
    }
  }
  /** Nodes that run but are not wanted. All else only passes values on. */
  const isNodeOfPrompt = (node: WorkflowNode, scope: string, id: string): boolean =>
    !wanted.has(`${scope}${id}`) && node.mode !== 2 && node.mode !== 4 && !passingTypes.has(node.type)

  for (const id of wanted) {
    const path = id.split(':')
    let scope = ''
    for (const step of path) {
      keep(scope, step)
      const node = canvasAt(scope)?.nodes.get(step)
      if (!node) break // a member of a group node: its host stays
      const subgraph = definitions.has(node.type)
      // What feeds a subgraph's node is followed from inside; a group node of older files is followed as a whole.
      if (!subgraph) allInputs(scope, node)
      scope = `${scope}${step}:`
    }
  }
  for (let act = open.pop(); act; act = open.pop()) act()
  return needed
}

/** Nodes of the page that pass values on or write them into widgets. */
const passingTypes: ReadonlySet<string> = new Set([
  ...channelTypes,
  'Reroute',
  'Reroute (rgthree)',
  'ReroutePrimitive|pysssss',
  'PrimitiveNode',
])

function channel({ widgets_values: values }: WorkflowNode): string {
  return String(Array.isArray(values) ? (values as unknown[])[0] : '')
}
