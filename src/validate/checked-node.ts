import { portClass, portSource } from '../ports/port.ts'
import type { NodeDefinition, NodeDefinitions } from '../prompt/node-definitions.ts'
import { packDefinitions } from '../prompt/pack-definitions.ts'
import { isPromptLink, type Prompt } from '../prompt/prompt.ts'
import { declaredInputs, type DeclaredInput } from './declared-inputs.ts'
import { ownChecks, type OwnChecks } from './own-validators.ts'
import { replaceNode, type Replaced } from './replaced-classes.ts'
import type { ValidateOptions } from './validate-options.ts'

/** A node of a prompt as the server sees it, with all that is known of its class. */
export interface CheckedNode {
  readonly id: string
  readonly title: string
  /** What the prompt says. */
  readonly classType: string
  /** Undefined where the server has no such class. */
  readonly definition: NodeDefinition | undefined
  readonly replaced: Replaced | undefined
  readonly hasMeta: boolean
  readonly inputs: ReadonlyMap<string, unknown>
  readonly declared: ReadonlyMap<string, DeclaredInput>
  readonly own: OwnChecks
  readonly isOutput: boolean
  /** A port in the middle of a link, which is gone when the prompt runs. */
  readonly isDissolved: boolean
}

/** The nodes of a prompt by id. */
export type CheckedNodes = ReadonlyMap<string, CheckedNode>

/** Looks up what is known of each node of a prompt. */
export function readNodes(prompt: Prompt, definitions: NodeDefinitions, options: ValidateOptions): CheckedNodes {
  const consumed = consumedPorts(prompt)
  const nodes = new Map<string, CheckedNode>()
  for (const [id, node] of Object.entries(prompt)) {
    const replaced = replaceNode(node, definitions, options.replacements)
    const type = replaced?.classType ?? node.class_type
    const definition = own(definitions, type) ?? own(packDefinitions, type)
    const inputs = replaced?.inputs ?? new Map(Object.entries(node.inputs))
    const title = node._meta?.title
    nodes.set(id, {
      id,
      title: typeof title === 'string' && title !== '' ? title : node.class_type,
      classType: node.class_type,
      definition,
      replaced,
      hasMeta: node._meta !== undefined,
      inputs,
      declared: definition ? declaredInputs(definition, inputs) : new Map(),
      own: ownChecks(type, options.ownValidators),
      isOutput: definition?.output_node === true && !consumed.has(id),
      isDissolved: consumed.has(id) && portSource(node) !== undefined,
    })
  }
  return nodes
}

/** Ports that feed something are no outputs: they are gone when the prompt runs. */
function consumedPorts(prompt: Prompt): ReadonlySet<string> {
  const ports = new Set<string>()
  for (const [id, node] of Object.entries(prompt)) {
    if (node.class_type === portClass && !portSource(node) && node.inputs['value'] === undefined) ports.add(id)
  }
  for (const { inputs } of Object.values(prompt)) {
    for (const value of Object.values(inputs)) {
      if (!isPromptLink(value)) continue
      if (Object.hasOwn(prompt, value[0]) && prompt[value[0]]?.class_type === portClass) ports.add(value[0])
    }
  }
  return ports
}

function own(definitions: NodeDefinitions, type: string): NodeDefinition | undefined {
  return Object.hasOwn(definitions, type) ? definitions[type] : undefined
}
