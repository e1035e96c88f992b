import type { Prompt } from './api-prompt.ts'
import type { Workflow } from './document.ts'
import { invalidWorkflow } from './invalid-workflow.ts'
import type { ParsedSource } from './parsed-source.ts'

const maxNodes = 200_000

type Json = Readonly<Record<string, unknown>>

/** Tells a canvas workflow from a prompt and checks the parts that the rest of the code relies on. */
export function checkShape(data: unknown): ParsedSource {
  if (!isObject(data)) throw invalidWorkflow(`A workflow is a JSON object, this is ${describe(data)}.`)
  if (Object.hasOwn(data, 'nodes')) {
    checkCanvas(data, '')
    checkSubgraphs(data['definitions'])
    return { kind: 'workflow', workflow: data as unknown as Workflow }
  }
  return { kind: 'prompt', prompt: checkPrompt(data) }
}

function checkCanvas(canvas: Json, path: string): void {
  const { nodes, links } = canvas
  if (!Array.isArray(nodes)) throw invalidWorkflow('The nodes of a workflow are a list.', { path: `${path}nodes` })
  if (nodes.length > maxNodes) throw invalidWorkflow(`The workflow has ${nodes.length} nodes, at most ${maxNodes}.`)
  // By `entries`: lists that programs made may have holes, which `forEach` would pass over.
  for (const [index, node] of nodes.entries()) checkNode(node, `${path}nodes[${index}]`)
  if (links === undefined || links === null) return
  if (!Array.isArray(links)) throw invalidWorkflow('The links of a workflow are a list.', { path: `${path}links` })
  for (const [index, link] of links.entries()) checkLink(link, `${path}links[${index}]`)
}

function checkNode(node: unknown, path: string): void {
  if (!isObject(node)) throw invalidWorkflow(`A node is a JSON object, this is ${describe(node)}.`, { path })
  if (!isId(node['id'])) throw invalidWorkflow('The node has no id.', { path: `${path}.id` })
  if (typeof node['type'] !== 'string') throw invalidWorkflow('The node has no type.', { path: `${path}.type` })
  for (const sockets of ['inputs', 'outputs'] as const) {
    const list = node[sockets]
    if (list === undefined || list === null) continue
    if (!Array.isArray(list))
      throw invalidWorkflow(`The ${sockets} of a node are a list.`, { path: `${path}.${sockets}` })
    for (const [index, socket] of list.entries()) {
      if (isSocket(socket)) continue
      throw invalidWorkflow('A socket is a JSON object with a name.', { path: `${path}.${sockets}[${index}]` })
    }
  }
}

/** A socket of a widget says which by its name. */
function isSocket(socket: unknown): boolean {
  if (!isObject(socket) || typeof socket['name'] !== 'string') return false
  const widget = socket['widget']
  const name = isObject(widget) ? widget['name'] : undefined
  return name === undefined || name === null || typeof name === 'string'
}

function checkLink(link: unknown, path: string): void {
  if (link === null) return // left by some versions where a link was deleted
  if (Array.isArray(link)) {
    if (link.length >= 5 && isId(link[0]) && isId(link[1]) && isId(link[3])) return
    throw invalidWorkflow('A link is [id, source, slot, target, slot, type].', { path })
  }
  if (isObject(link) && isId(link['id']) && isId(link['origin_id']) && isId(link['target_id'])) return
  throw invalidWorkflow('A link is a list or has id, origin_id and target_id.', { path })
}

function checkSubgraphs(definitions: unknown): void {
  if (definitions === undefined || definitions === null) return
  if (!isObject(definitions)) throw invalidWorkflow('Definitions are a JSON object.', { path: 'definitions' })
  const subgraphs = definitions['subgraphs']
  if (subgraphs === undefined || subgraphs === null) return
  const path = 'definitions.subgraphs'
  if (!Array.isArray(subgraphs)) throw invalidWorkflow('Subgraphs are a list.', { path })
  for (const [index, subgraph] of subgraphs.entries()) {
    const here = `${path}[${index}]`
    if (!isObject(subgraph)) throw invalidWorkflow('A subgraph is a JSON object.', { path: here })
    if (typeof subgraph['id'] !== 'string') throw invalidWorkflow('The subgraph has no id.', { path: `${here}.id` })
    checkCanvas({ ...subgraph, nodes: subgraph['nodes'] ?? [] }, `${here}.`)
    for (const border of ['inputs', 'outputs'] as const) {
      const list = subgraph[border]
      if (list === undefined || list === null || (Array.isArray(list) && Array.from(list).every(isBorderSocket)))
        continue
      throw invalidWorkflow(`The ${border} of a subgraph are a list of sockets.`, { path: `${here}.${border}` })
    }
  }
}

function checkPrompt(data: Json): Prompt {
  const nodes = Object.entries(data)
  if (!nodes.some(([, node]) => isObject(node) && typeof node['class_type'] === 'string')) {
    throw invalidWorkflow('The JSON is neither a workflow (it has no "nodes") nor a prompt (it has no "class_type").')
  }
  for (const [id, node] of nodes) {
    if (!isObject(node) || typeof node['class_type'] !== 'string') {
      throw invalidWorkflow('A node of a prompt has a class_type.', { path: id })
    }
    if (!isObject(node['inputs'])) throw invalidWorkflow('A node of a prompt has inputs.', { path: `${id}.inputs` })
  }
  return data as unknown as Prompt
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBorderSocket(value: unknown): boolean {
  if (!isObject(value)) return false
  const { name, linkIds } = value
  return (name === undefined || typeof name === 'string') && (linkIds === undefined || Array.isArray(linkIds))
}

function isId(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string'
}

function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
