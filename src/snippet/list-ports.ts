import { inputAddresses, findInput } from '../ports/address.ts'
import { portClass } from '../ports/port.ts'
import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { isPromptLink, type Prompt } from '../prompt/prompt.ts'
import { titleOf } from '../prompt/title-of.ts'
import { outputType } from '../ports/socket-type.ts'
import type { PromptPorts } from '../ports/port.ts'
import type { Compiled } from '../prompt/compile.ts'

/** A port as it is listed. */
export interface ListedPort {
  readonly uniqueId: string
  readonly type: string
  readonly node: string
  readonly title: string
  readonly tags: readonly string[]
  /** The value that is used where none is given. */
  readonly drawn?: unknown
  /** Whether an output is a ComfyUI list. */
  readonly isList?: boolean
}

/** An address as it is listed; an input has the value drawn there, or the title of what feeds it. */
export interface ListedAddress {
  readonly address: string
  readonly type: string
  readonly node: string
  readonly drawn?: unknown
  readonly from?: string
  readonly isList?: boolean
}

/** Everything of a workflow that can be set and taken. */
export interface PortList {
  readonly inputs: readonly ListedPort[]
  readonly outputs: readonly ListedPort[]
  readonly passthrus: readonly ListedPort[]
  readonly inputAddresses: readonly ListedAddress[]
  readonly outputAddresses: readonly ListedAddress[]
}

/** A workflow that was converted, with its ports. */
interface Found {
  readonly ports: PromptPorts
  readonly compiled: Pick<Compiled, 'prompt' | 'drawn'>
}

/** Lists the ports of a workflow, and the addresses of everything else in it. */
export function listPorts({ ports, compiled }: Found, definitions: NodeDefinitions): PortList {
  const { prompt, drawn } = compiled
  return {
    inputs: ports.inputs.map(({ targets, ...port }) => {
      const [first] = targets
      const hasDrawn = targets.every((target) => target.drawn)
      return { ...listed(port), ...(first?.drawn && hasDrawn ? { drawn: first.drawn.value } : {}) }
    }),
    outputs: ports.outputs.map((port) => ({ ...listed(port), isList: port.isList })),
    passthrus: ports.passthrus.map(listed),
    inputAddresses: inputAddresses(compiled).flatMap((address) => {
      const at = findInput(address, compiled, definitions)
      const [first] = at?.targets ?? []
      if (!at || !first) return []
      const value = prompt[first.node]?.inputs[first.input]
      const held = drawn[first.node]
      const own = held && Object.hasOwn(held, first.input) ? { drawn: held[first.input] } : {}
      const shown = isPromptLink(value) ? { ...own, from: sourceName(prompt, value[0]) } : { drawn: unwrap(value) }
      return [{ address, type: at.type, node: at.node, ...shown }]
    }),
    outputAddresses: outputAddresses(prompt, definitions),
  }
}

function listed({ uniqueId, type, node, title, tags }: ListedPort): ListedPort {
  return { uniqueId, type, node, title, tags }
}

function outputAddresses(prompt: Prompt, definitions: NodeDefinitions): ListedAddress[] {
  const titles = new Map<string, number>()
  for (const node of Object.values(prompt)) titles.set(titleOf(node), (titles.get(titleOf(node)) ?? 0) + 1)
  return Object.entries(prompt).flatMap(([id, node]) => {
    if (node.class_type === portClass) return []
    const definition = indexDefinitions(definitions)(node.class_type)?.definition
    const names = definition?.output_name ?? (definition?.output ?? []).map(String)
    const name = titles.get(titleOf(node)) === 1 ? titleOf(node) : id
    return names.map((output, slot) => ({
      address: names.length === 1 ? name : `${name}.${output}`,
      node: id,
      ...outputType(definitions, prompt, [id, slot]),
    }))
  })
}

function sourceName(prompt: Prompt, id: string): string {
  const node = prompt[id]
  if (!node) return id
  return node.class_type === portClass ? `port ${String(node.inputs['unique_id'])}` : titleOf(node)
}

/** Lists are wrapped in prompts, since a bare one reads as a link. */
function unwrap(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '__value__' in value ? value.__value__ : value
}
