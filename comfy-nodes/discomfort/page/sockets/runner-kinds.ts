import type { PageNode } from '../comfy/types.ts'
import { widgetText } from '../comfy/widgets.ts'
import { listedWorkflows } from './listed-workflows.ts'
import { namedPorts } from './named-ports.ts'
import { portsOfWorkflow } from './ports-of-workflow.ts'
import { mostSockets, unionOf, type SocketPorts } from './socket-ports.ts'

/** A class of nodes that run something with ports. */
export interface RunnerKind {
  /** The widgets that its ports depend on. */
  readonly widgets: readonly string[]
  /** The workflows that it names. */
  workflows(node: PageNode): string[]
  /** Which ports it has; undefined where nothing is named yet. */
  ports(node: PageNode): Promise<SocketPorts | undefined>
  /** The same, where that is known without asking the server. */
  portsNow?(node: PageNode): SocketPorts
  /** What the widgets are when a workflow was chosen from the list. */
  choose?(node: PageNode, path: string): readonly [widget: string, value: string]
}

const oneWorkflow: RunnerKind = {
  widgets: ['workflow_path'],
  workflows: (node) => [widgetText(node, 'workflow_path').trim()].filter((path) => path !== ''),
  ports: portsOfAll,
  choose: (_node, path) => ['workflow_path', path],
}

const severalWorkflows: RunnerKind = {
  widgets: ['workflows'],
  workflows: (node) => listedWorkflows(widgetText(node, 'workflows')),
  ports: portsOfAll,
  choose(node, path) {
    const listed = widgetText(node, 'workflows').trimEnd()
    return ['workflows', listed === '' ? path : `${listed}\n${path}`]
  },
}

const script: RunnerKind = {
  widgets: ['inputs', 'outputs'],
  workflows: () => [],
  ports: (node) => Promise.resolve(namedOn(node)),
  portsNow: namedOn,
}

function namedOn(node: PageNode): SocketPorts {
  const named = (widget: string) => namedPorts(widgetText(node, widget)).slice(0, mostSockets)
  return { inputs: named('inputs'), outputs: named('outputs') }
}

const kinds: Readonly<Record<string, RunnerKind>> = {
  DiscomfortTestRunner: oneWorkflow,
  DiscomfortLoop: oneWorkflow,
  DiscomfortSwitch: severalWorkflows,
  DiscomfortScript: script,
}

export function runnerKind(name: string | undefined): RunnerKind | undefined {
  return name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined
}

async function portsOfAll(this: RunnerKind, node: PageNode): Promise<SocketPorts | undefined> {
  const paths = this.workflows(node)
  if (paths.length === 0) return undefined
  return unionOf(await Promise.all(paths.map(portsOfWorkflow)))
}
