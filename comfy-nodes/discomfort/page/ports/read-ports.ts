import { app } from '/scripts/app.js'
import type { PortProblem } from '../../../../src/ports/find-ports.ts'
import { portClass } from '../../../../src/ports/port.ts'
import { readPart, type ReadPart } from '../../../../src/stitch/read-part.ts'
import type { Workflow } from '../../../../src/workflow/document.ts'
import { nodeAtPath, nodesOfClass } from '../comfy/all-nodes.ts'
import { nodeDefinitions } from '../comfy/definitions.ts'
import type { PageNode } from '../comfy/types.ts'
import { widgetText } from '../comfy/widgets.ts'
import type { PortMode, Problem, SeenPort } from './seen-port.ts'

/** The open workflow as a run sees it. */
export interface OpenWorkflow {
  readonly part: ReadPart
  readonly problems: readonly PortProblem[]
}

/** Reads the open workflow. Undefined where it cannot be converted, which the page itself tells when it is queued. */
export function readOpenWorkflow(): OpenWorkflow | undefined {
  const problems: PortProblem[] = []
  try {
    const workflow = JSON.parse(JSON.stringify(app.rootGraph.serialize())) as Workflow
    const part = readPart(workflow, nodeDefinitions(), undefined, '', (problem) => void problems.push(problem))
    return { part, problems }
  } catch {
    return undefined
  }
}

/** The port nodes of the open workflow with their modes and types: the same as a run sees. */
export function readPorts(opened: OpenWorkflow | undefined): SeenPort[] {
  const nodes = nodesOfClass(portClass)
  const found = new Map(opened ? [...foundPorts(opened)] : [])
  const problems = opened ? problemsByNode(opened, found) : new Map<PageNode, Problem>()
  return nodes.map((node) => {
    const port = found.get(node)
    const uniqueId = widgetText(node, 'unique_id')
    const isIdle = !port && opened && !hasLinks(node)
    return {
      node,
      mode: port?.mode ?? (isIdle || opened ? undefined : modeByLinks(node)),
      uniqueId,
      type: port?.type ?? '*',
      title: node.title,
      problem: port && (uniqueId.trim() === '' ? noId : problems.get(node)),
    }
  })
}

const noId: Problem = {
  short: 'no unique_id',
  long: 'This port has no unique_id. Give it one: it is the name under which scripts and nodes know its value.',
}

interface FoundPort {
  readonly mode: PortMode
  readonly type: string
  readonly uniqueId: string
}

function* foundPorts({ part: { ports } }: OpenWorkflow): Iterable<readonly [PageNode, FoundPort]> {
  const lists = [
    ['PASSTHRU', ports.passthrus],
    ['OUTPUT', ports.outputs],
    ['INPUT', ports.inputs],
  ] as const
  for (const [mode, list] of lists) {
    for (const { node: path, type, uniqueId } of list) {
      const node = nodeAtPath(path)
      if (node) yield [node, { mode, type, uniqueId }]
    }
  }
}

function problemsByNode(
  { problems }: OpenWorkflow,
  found: ReadonlyMap<PageNode, FoundPort>,
): ReadonlyMap<PageNode, Problem> {
  const byNode = new Map<PageNode, Problem>()
  for (const problem of problems) {
    const long = problem.message
    if ('nodes' in problem.details) {
      const short = problem.code === 'PORT_DUPLICATE' ? 'same unique_id' : 'in a circle'
      for (const path of problem.details.nodes) {
        const node = nodeAtPath(path)
        if (node) byNode.set(node, { short, long })
      }
      continue
    }
    const { uniqueId } = problem.details
    for (const [node, port] of found)
      if (port.mode === 'INPUT' && port.uniqueId === uniqueId) byNode.set(node, { short: 'types differ', long })
  }
  return byNode
}

function hasLinks(node: PageNode): boolean {
  return node.inputs.some(isLinked) || node.outputs.some(({ links }) => links?.length)
}

/** What the links at the node alone say: where the workflow as a whole cannot be read. */
function modeByLinks(node: PageNode): PortMode | undefined {
  const isFed = node.inputs.some((input) => !input.widget && isLinked(input))
  const feeds = node.outputs.some(({ links }) => links?.length)
  if (isFed) return feeds ? 'PASSTHRU' : 'OUTPUT'
  return feeds ? 'INPUT' : undefined
}

function isLinked({ link }: PageNode['inputs'][number]): boolean {
  return link !== null && link !== undefined
}
