import type { PortMode, SeenPort } from '../ports/seen-port.ts'
import { element } from './element.ts'
import { showNode } from './show-node.ts'

const titles: Readonly<Record<PortMode, string>> = { INPUT: 'Inputs', OUTPUT: 'Outputs', PASSTHRU: 'Passed through' }

/** The ports of the open workflow, and what is wrong with them. */
export function portsSection(ports: readonly SeenPort[]): HTMLElement[] {
  if (ports.length === 0)
    return [
      element(
        'p',
        { class: 'quiet' },
        'This workflow has no Discomfort ports yet. Right-click an input, an output or a link and choose “Add Discomfort port”.',
      ),
    ]
  const modes = ['INPUT', 'OUTPUT', 'PASSTHRU'] as const
  return [
    ...problems(ports),
    ...modes.flatMap((mode) =>
      group(
        titles[mode],
        ports.filter((port) => port.mode === mode),
      ),
    ),
    ...group(
      'Not connected',
      ports.filter((port) => port.mode === undefined),
    ),
  ]
}

function group(title: string, ports: readonly SeenPort[]): HTMLElement[] {
  return ports.length === 0 ? [] : [element('h3', {}, title), ...ports.map(row)]
}

function row(port: SeenPort): HTMLElement {
  const { node, mode, uniqueId, type, title } = port
  const isNamed = title !== '' && title !== uniqueId && title !== 'Discomfort port'
  return element(
    'button',
    { class: 'row', title: 'Show this port', onclick: () => showNode(node) },
    element('span', { class: `dot dot-${mode ?? 'idle'}` }),
    element('span', { class: 'name' }, uniqueId || '(no unique_id)', isNamed && element('small', {}, title)),
    element('span', { class: 'type' }, type === '*' ? 'any' : type),
  )
}

function problems(ports: readonly SeenPort[]): HTMLElement[] {
  const told = new Map<string, SeenPort>()
  for (const port of ports) if (port.problem && !told.has(port.problem.long)) told.set(port.problem.long, port)
  if (told.size === 0) return []
  const entries = [...told].map(([text, { node }]) =>
    element('button', { class: 'row problem', onclick: () => showNode(node) }, text),
  )
  return [element('h3', {}, 'Warnings'), ...entries]
}
