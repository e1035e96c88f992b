import type { NodeDefinition, NodeDefinitions } from './node-definitions.ts'
import { packDefinitions } from './pack-definitions.ts'
import { retiredClasses } from './retired-classes.ts'
import { withPageWidgets } from './widgets/page-widgets.ts'
import { readInputSpec, type InputSpec } from './widgets/input-spec.ts'

/** What the conversion needs of one node class. */
export interface ClassSpec {
  /** The class to send. It differs from the type of a node that names a retired class. */
  readonly name: string
  readonly definition: NodeDefinition
  /** The server's name for it. The page may have another. */
  readonly title: string
  /** All inputs, required before optional, each group in the order in which the node declares them. */
  readonly inputs: readonly InputSpec[]
  /** Names of the inputs whose text may hold comments and choices. */
  readonly dynamicPrompts: ReadonlySet<string>
}

/** Node classes by name; our own pack's classes are known even where the server lacks them. */
export type DefinitionIndex = (type: string) => ClassSpec | undefined

const indexes = new WeakMap<NodeDefinitions, DefinitionIndex>()

/** Gives the index of these definitions. Made once for each object, classes are read when first asked for. */
export function indexDefinitions(definitions: NodeDefinitions): DefinitionIndex {
  const known = indexes.get(definitions)
  if (known) return known
  const specs = new Map<string, ClassSpec>()
  const index: DefinitionIndex = (type) => {
    const spec = specs.get(type)
    if (spec) return spec
    const definition = own(definitions, type) ?? own(packDefinitions, type)
    const successor = retiredClasses.get(type)
    const made = definition ? readClass(type, definition) : successor === undefined ? undefined : index(successor)
    if (made) specs.set(type, made)
    return made
  }
  indexes.set(definitions, index)
  return index
}

function readClass(type: string, definition: NodeDefinition): ClassSpec {
  const required = withPageWidgets(type, readGroup(definition.input?.required, definition.input_order?.required))
  const optional = readGroup(definition.input?.optional, definition.input_order?.optional)
  const inputs = [...required, ...optional]
  return {
    name: type,
    definition,
    title: definition.display_name || definition.name || type,
    inputs,
    dynamicPrompts: new Set(inputs.filter(({ options }) => options['dynamicPrompts'] === true).map(({ name }) => name)),
  }
}

function readGroup(
  group: Readonly<Record<string, unknown>> | undefined,
  order: readonly string[] | undefined,
): InputSpec[] {
  if (!group) return []
  const names = Object.keys(group)
  const ordered = order
    ? [...order.filter((name) => Object.hasOwn(group, name)), ...names.filter((n) => !order.includes(n))]
    : names
  return ordered.map((name) => readInputSpec(name, group[name]))
}

function own(definitions: NodeDefinitions, type: string): NodeDefinition | undefined {
  return Object.hasOwn(definitions, type) ? definitions[type] : undefined
}
