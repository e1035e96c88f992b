import { findPorts, type OnPortProblem } from '../ports/find-ports.ts'
import type { PromptPorts } from '../ports/port.ts'
import { portClass } from '../ports/port.ts'
import { compileWorkflow, type Compiled } from '../prompt/compile.ts'
import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinition, NodeDefinitions } from '../prompt/node-definitions.ts'
import { isPromptLink, type Prompt } from '../prompt/prompt.ts'
import { typeName } from '../prompt/type-name.ts'
import type { Workflow, WorkflowNode } from '../workflow/document.ts'
import { drawnNodes } from './drawn-nodes.ts'

/** A workflow that was converted, with its ports. */
export interface ReadPart {
  readonly compiled: Pick<Compiled, 'prompt' | 'drawn'>
  readonly ports: PromptPorts
  /** The prompt as its types were read: with classes of their own for nodes that only the drawing tells of. */
  readonly typed: Prompt
  /** What its types were read from. Classes of nodes that only the drawing tells of have a name of their own. */
  readonly definitions: NodeDefinitions
}

/** No classes but those of our own pack, which are always known. */
export const packOnly: NodeDefinitions = {}

/** The sockets of litegraph that carry lists have this shape. */
const listShape = 6

/**
 * Converts a workflow and finds its ports, as a run does. Where the definitions lack a class that lies at a port, the
 * types that the drawing saved for its sockets count. `mark` keeps the names of such classes apart between workflows. With
 * `onProblem` what is wrong with ports is told instead of raised.
 */
export function readPart(
  workflow: Workflow,
  definitions: NodeDefinitions,
  name?: string,
  mark = '',
  onProblem?: OnPortProblem,
): ReadPart {
  const compiled = compileWorkflow(workflow, definitions, { missingNodes: 'keep', source: name })
  const atPorts = [...nodesAtPorts(compiled.prompt)].filter(
    (id) => !indexDefinitions(definitions)(compiled.prompt[id]?.class_type ?? ''),
  )
  if (atPorts.length === 0)
    return { compiled, ports: findPorts(compiled, definitions, name, onProblem), typed: compiled.prompt, definitions }
  const find = drawnNodes(workflow)
  const classes = new Map<string, NodeDefinition>()
  const renamed = new Map<string, string>()
  for (const id of atPorts) {
    const node = find(id)
    if (!node) continue
    // A class of its own for each node: sockets of one class may have taken other types on another node.
    const own = `${node.type} ${mark}${id}`
    classes.set(own, drawnClass(own, node))
    renamed.set(id, own)
  }
  const prompt = Object.fromEntries(
    Object.entries(compiled.prompt).map(([id, node]) => {
      const own = renamed.get(id)
      return [id, own === undefined ? node : { ...node, class_type: own }] as const
    }),
  )
  const known = { ...definitions, ...Object.fromEntries(classes) }
  return {
    compiled,
    ports: findPorts({ prompt, drawn: compiled.drawn }, known, name, onProblem),
    typed: prompt,
    definitions: known,
  }
}

function nodesAtPorts(prompt: Prompt): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [id, { class_type, inputs }] of Object.entries(prompt)) {
    for (const value of Object.values(inputs)) {
      if (!isPromptLink(value)) continue
      if (class_type === portClass) found.add(value[0])
      if (prompt[value[0]]?.class_type === portClass) found.add(id)
    }
  }
  return found
}

function drawnClass(name: string, { inputs = [], outputs = [] }: WorkflowNode): NodeDefinition {
  return {
    name,
    input: { required: Object.fromEntries(inputs.map((input) => [input.name, [typeName(input.type), {}]])) },
    output: outputs.map(({ type }) => typeName(type)),
    output_name: outputs.map((output) => output.name),
    output_is_list: outputs.map(({ shape }) => shape === listShape),
  }
}
