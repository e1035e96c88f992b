import type { NodeId, WorkflowNode } from '../../workflow/document.ts'
import { frontendSince } from '../frontend-version.ts'

/** A widget inside a subgraph that an input of the subgraph leads to. */
export interface Promoted {
  readonly name: string
  readonly targets: readonly { readonly node: NodeId; readonly widget: string }[]
}

/** Values for widgets inside a subgraph: inner node id (as text) → widget → value; `undefined` leaves the widget its own. */
export type InnerValues = ReadonlyMap<string, ReadonlyMap<string, unknown>>

/** The id that old files write for the subgraph itself. */
const subgraphItself = '-1'

/**
 * The values that a subgraph's node holds. They are saved in the order of the subgraph's inputs; files of older
 * versions carry a list of their own (`proxyWidgets`) that says which widget each value belongs to, and it may name
 * widgets inside to which no input leads. What the page could not place when it upgraded such a file wins over both.
 */
export function hostValues(
  host: WorkflowNode,
  promoted: readonly Promoted[],
  frontend?: string,
): { own: ReadonlyMap<string, unknown>; inner: InnerValues } {
  const saved = Array.isArray(host.widgets_values) ? (host.widgets_values as readonly unknown[]) : []
  const own = new Map(promoted.slice(0, saved.length).map(({ name }, position) => [name, saved[position]]))
  const inner = new Map<string, Map<string, unknown>>()
  const place = ([node, widget]: Entry, value: unknown): void => {
    const name = node === subgraphItself ? widget : nameOf(promoted, node, widget)
    if (name !== undefined) {
      if (value !== undefined && promoted.some((candidate) => candidate.name === name)) own.set(name, value)
    } else inner.set(node, (inner.get(node) ?? new Map<string, unknown>()).set(widget, value))
  }
  entries(host.properties?.['proxyWidgets']).forEach((entry, position) => {
    const value = saved[position]
    // Newer frontends write nothing at all where nothing was saved for a widget inside.
    const isNothing = value === null && (entry?.[0] === subgraphItself || !frontendSince(frontend, 1, 58))
    if (entry && (value !== undefined || entry[0] !== subgraphItself) && !isNothing) place(entry, value)
  })
  for (const item of list(host.properties?.['proxyWidgetErrorQuarantine'])) {
    const { originalEntry, hostValue } = (item ?? {}) as { originalEntry?: unknown; hostValue?: unknown }
    const entry = readEntry(originalEntry)
    if (entry?.[0] === subgraphItself && hostValue !== undefined) place(entry, hostValue)
  }
  return { own, inner }
}

type Entry = readonly [node: string, widget: string]

function entries(raw: unknown): readonly (Entry | undefined)[] {
  return list(raw).map(readEntry)
}

function readEntry(raw: unknown): Entry | undefined {
  const [node, widget] = list(raw)
  return typeof widget === 'string' ? [String(node), widget] : undefined
}

function nameOf(promoted: readonly Promoted[], node: string, widget: string): string | undefined {
  return promoted.find(({ targets }) =>
    targets.some((target) => String(target.node) === node && target.widget === widget),
  )?.name
}

function list(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? (raw as unknown[]) : []
}
