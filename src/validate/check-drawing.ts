import type { LinkObject, LinkTuple, NodeId, Workflow, WorkflowNode } from '../workflow/document.ts'
import type { Finding } from './finding.ts'
import { sayNode } from './say.ts'

/** The ids that stand for the border of a subgraph. */
const borders: ReadonlySet<string> = new Set(['-10', '-20'])

interface Canvas {
  readonly nodes?: readonly WorkflowNode[] | undefined
  readonly links?: readonly (LinkTuple | LinkObject | null)[] | null | undefined
}

/** Sockets of a drawing whose link is not there, or comes from a node that is not. The page and the conversion leave such links out. */
export function checkDrawing(workflow: Workflow): readonly Finding[] {
  const found = checkCanvas(workflow, '')
  const subgraphs = workflow.definitions?.subgraphs ?? []
  return [...found, ...subgraphs.flatMap((subgraph, at) => checkCanvas(subgraph, `definitions.subgraphs[${at}].`))]
}

function checkCanvas({ nodes = [], links }: Canvas, path: string): readonly Finding[] {
  const origins = new Map<unknown, NodeId>()
  for (const link of links ?? []) if (link) origins.set(idOf(link), originOf(link))
  const ids = new Set(nodes.map(({ id }) => String(id)))
  return nodes.flatMap((node, at) =>
    node.mode === 2 || node.mode === 4
      ? []
      : (node.inputs ?? []).flatMap(({ name, link }, socket): readonly Finding[] => {
          if (link === null || link === undefined) return []
          const origin = origins.get(link)
          if (origin !== undefined && (ids.has(String(origin)) || borders.has(String(origin)))) return []
          return [dangling(node, name, origin, `${path}nodes[${at}].inputs[${socket}].link`)]
        }),
  )
}

function dangling(node: WorkflowNode, input: string, origin: NodeId | undefined, path: string): Finding {
  const title = typeof node.title === 'string' && node.title !== '' ? node.title : node.type
  const said = sayNode({ id: String(node.id), title, classType: node.type })
  const why = origin === undefined ? 'a link that is not there' : `the node ${origin}, which is not there`
  return {
    severity: 'warning',
    code: 'LINK_DANGLING',
    node: String(node.id),
    title,
    classType: node.type,
    input,
    path,
    message: `The input ${input} of ${said} hangs on ${why}; it counts as unlinked. Link it to another.`,
  }
}

function idOf(link: LinkTuple | LinkObject): unknown {
  return 'id' in link ? link.id : link[0]
}

function originOf(link: LinkTuple | LinkObject): NodeId {
  return 'id' in link ? link.origin_id : link[1]
}
