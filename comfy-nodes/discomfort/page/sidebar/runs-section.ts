import { api } from '/scripts/api.js'
import { element } from './element.ts'

interface ScriptRun {
  readonly id: string
  readonly name: string | null
  /** Seconds since 1970. */
  readonly at: number
  readonly state: string
}

/** The last runs of scripts on this server, those of the open workflow first. */
export async function readRuns(): Promise<readonly ScriptRun[] | undefined> {
  try {
    const response = await api.fetchApi('/discomfort/page/runs', { cache: 'no-store' })
    return response.ok ? ((await response.json()) as { readonly runs: readonly ScriptRun[] }).runs : undefined
  } catch {
    return undefined
  }
}

export function runsSection(runs: readonly ScriptRun[] | undefined, path: string | undefined): HTMLElement[] {
  const title = element('h3', {}, 'Runs from scripts')
  if (!runs) return [title, element('p', { class: 'quiet' }, 'The server does not tell its runs.')]
  const own = runs.filter(({ name }) => isSame(name, path))
  const others = runs.filter((run) => !own.includes(run))
  if (runs.length === 0) return [title, element('p', { class: 'quiet' }, 'No script has run a workflow here yet.')]
  return [title, ...[...own, ...others].slice(0, 20).map(row)]
}

/** Scripts name a workflow by the path that they know. */
function isSame(name: string | null, path: string | undefined): boolean {
  return name !== null && path !== undefined && lastOf(name) === lastOf(path)
}

function row({ id, name, at, state }: ScriptRun): HTMLElement {
  const when = new Date(at * 1000)
  return element(
    'div',
    { class: 'row', title: `${when.toLocaleString()}, prompt ${id}` },
    element('span', { class: `dot dot-${state}` }),
    element('span', { class: 'name' }, name === null ? 'a workflow' : lastOf(name)),
    element('span', { class: 'type' }, state),
    element('span', { class: 'type' }, when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })),
  )
}

function lastOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path
}
