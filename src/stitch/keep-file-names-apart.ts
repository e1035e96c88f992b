import type { CanvasDraft, NodeDraft } from './canvas-draft.ts'

/** By this property the page finds a node first that `%Node.widget%` in the name of a file speaks of. */
const nameProperty = 'Node name for S&R'
const token = /%([^%.]+)\.([^%]+)%/g

/**
 * Lets `%Node.widget%` in names of files mean a node of its own workflow, where an earlier one has a node of that name:
 * the node gets a name for this that is free. Adds all names to `taken`.
 */
export function keepFileNamesApart(canvases: readonly CanvasDraft[], taken: Set<string>): void {
  const nodes = canvases.flatMap((canvas) => canvas.nodes)
  const own = nodes.flatMap(namesOf)
  const renamed = new Map<string, string>()
  for (const node of nodes) {
    const values = node['widgets_values']
    if (!Array.isArray(values) || !values.some(isMarked)) continue
    const widgets_values = (values as unknown[]).map(
      (value) =>
      isMarked(value) ? value.replace(token, (_whole, name: string, widget: string) => `%${rename(name)}.${widget}%`) : value, // prettier-ignore
    )
    Object.assign(node, { widgets_values })
  }
  for (const name of [...own, ...renamed.values()]) taken.add(name)

  function rename(name: string): string {
    const known = renamed.get(name)
    if (known !== undefined) return known
    const meant = nodes.find((one) => searchName(one) === name) ?? nodes.find((one) => one['title'] === name)
    if (!meant || !taken.has(name)) return name
    let free = name
    for (let count = 2; taken.has(free) || own.includes(free); count += 1) free = `${name} (${count})`
    renamed.set(name, free)
    Object.assign(meant, { properties: { ...(meant['properties'] as object | undefined), [nameProperty]: free } })
    return free
  }
}

function isMarked(value: unknown): value is string {
  return typeof value === 'string' && value.includes('%') && value.search(token) !== -1
}

function namesOf(node: NodeDraft): string[] {
  return [searchName(node), node['title']].filter((name) => typeof name === 'string')
}

function searchName(node: NodeDraft): unknown {
  return (node['properties'] as Readonly<Record<string, unknown>> | undefined)?.[nameProperty]
}
