import { findPorts } from '../ports/find-ports.ts'
import type { PromptPorts } from '../ports/port.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { checkShape } from '../workflow/check-shape.ts'
import type { Workflow } from '../workflow/document.ts'
import { executionOrder } from './execution-order.ts'
import { packOnly, readPart } from './read-part.ts'

/** A port of a workflow. */
export interface DiscoveredPort {
  /** The id of its node in the prompt: `outer:inner` inside subgraphs. */
  readonly node: string
  readonly title: string
  /** INPUT, OUTPUT or PASSTHRU, after mute and bypass. */
  readonly mode: 'input' | 'output' | 'passthru'
  readonly uniqueId: string
  readonly tags: readonly string[]
  /** The ComfyUI type that its other ends say, `*` where none does. */
  readonly type: string
  /** Whether an OUTPUT port gives a list of ComfyUI. */
  readonly isList?: boolean
}

/** The ports of a workflow, and the order in which its nodes run. */
export interface DiscoveredPorts {
  readonly inputs: readonly DiscoveredPort[]
  readonly outputs: readonly DiscoveredPort[]
  /** Those that feed others of them come first. */
  readonly passthrus: readonly DiscoveredPort[]
  /** The ids of all nodes of the prompt, each behind what it takes values from. */
  readonly executionOrder: readonly string[]
}

/**
 * Finds the ports of a workflow (as the canvas saves it, or a prompt): the same that a run sees, also inside subgraphs.
 * Ports that are muted, bypassed or wired to nothing are none. Types come from both sides, through reroutes, bypassed
 * nodes, borders of subgraphs, other ports and MatchType templates.
 *
 * `nodeDefinitions` is the answer of `/object_info`. By default only our own nodes are known, and the types are those
 * that the drawing saved; a class that the definitions lack is no error.
 *
 * @throws {@link DiscomfortError} `PORT_DUPLICATE` for two OUTPUT ports of one id, `PORT_TYPE_MISMATCH` where inputs of
 * one id do not agree, `WORKFLOW_CYCLE` for nodes in a circle, `WORKFLOW_INVALID`
 * @example
 * const { inputs, outputs } = discoverPorts(workflow)
 * for (const { uniqueId, type } of inputs) console.log(uniqueId, type)
 */
export function discoverPorts(workflow: Workflow | Prompt, nodeDefinitions?: NodeDefinitions): DiscoveredPorts {
  const definitions = nodeDefinitions ?? packOnly
  const source = checkShape(workflow)
  if (source.kind === 'workflow') {
    const { ports, compiled } = readPart(source.workflow, definitions)
    return describePorts(ports, compiled.prompt)
  }
  return describePorts(findPorts({ prompt: source.prompt, drawn: {} }, definitions), source.prompt)
}

/** What `discoverPorts` tells of ports that were found. */
export function describePorts(
  { inputs, outputs, passthrus }: PromptPorts,
  prompt: Prompt,
  nameOf?: (node: string) => string,
): DiscoveredPorts {
  return {
    inputs: inputs.map((port) => described(port, 'input')),
    outputs: outputs.map((port) => ({ ...described(port, 'output'), isList: port.isList })),
    passthrus: passthrus.map((port) => described(port, 'passthru')),
    executionOrder: executionOrder(prompt, nameOf),
  }
}

function described(
  { node, title, uniqueId, tags, type }: PromptPorts['passthrus'][number] | PromptPorts['outputs'][number],
  mode: DiscoveredPort['mode'],
): DiscoveredPort {
  return { node, title, mode, uniqueId, tags, type }
}
