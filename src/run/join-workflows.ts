import type { NodeOrigin } from '../context/recipe.ts'
import { DiscomfortError, isDiscomfortError } from '../errors.ts'
import { findPorts } from '../ports/find-ports.ts'
import type { InputPort, OutputPort } from '../ports/port.ts'
import { typesAgree } from '../ports/socket-type.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { withLinks, type PromptLink, type PromptNode } from '../prompt/prompt.ts'
import { stitchWorkflows } from '../stitch/stitch-workflows.ts'
import type { Workflow } from '../workflow/document.ts'
import type { LoadedWorkflow } from './loaded-workflow.ts'

/** One prompt's worth of workflows: one of them, or several that were joined. */
export interface JoinedWorkflow extends LoadedWorkflow {
  readonly parts: readonly LoadedWorkflow[]
  /** The id that a node of a part has in the prompt. */
  idOf(part: LoadedWorkflow, node: string): string
  /** Where a node of the prompt comes from. */
  originOf(node: string): NodeOrigin
}

/** A workflow that is run by itself. */
export function alone(part: LoadedWorkflow): JoinedWorkflow {
  return { ...part, parts: [part], idOf: (_part, node) => node, originOf: (node) => ({ workflow: part.name, node }) }
}

interface Made {
  readonly link: PromptLink
  readonly port: OutputPort
  readonly part: LoadedWorkflow
}

/**
 * Joins workflows into one prompt: what an OUTPUT port of one gives, INPUT ports of that id in those behind it take, from
 * the last one before them. INPUT ports that nothing feeds stay, and so do the last OUTPUT ports of each id.
 *
 * @throws {@link DiscomfortError} `PORT_TYPE_MISMATCH` naming both ends
 */
export function joinWorkflows(parts: readonly LoadedWorkflow[], definitions: NodeDefinitions): JoinedWorkflow {
  const [first] = parts
  if (parts.length === 1 && first) return alone(first)
  const prefixes = new Map(parts.map((part, index) => [part, `${index + 1}/`]))
  const idOf = (part: LoadedWorkflow, node: string): string => `${prefixes.get(part) ?? ''}${node}`
  const prompt = new Map<string, PromptNode>()
  const drawn = new Map<string, Readonly<Record<string, unknown>>>()
  const origins = new Map<string, NodeOrigin>()
  const made = new Map<string, Made>()
  for (const part of parts) {
    const fed = new Map(
      part.ports.inputs.flatMap((port) => {
        const source = made.get(port.uniqueId)
        if (!source) return []
        checkJoint(source, port, part)
        return [[port.node, source.link] as const]
      }),
    )
    const linkOf = ([node, slot]: PromptLink): PromptLink => fed.get(node) ?? [idOf(part, node), slot]
    for (const [id, node] of Object.entries(part.compiled.prompt)) {
      if (fed.has(id)) continue
      prompt.set(idOf(part, id), withLinks(node, linkOf))
      origins.set(idOf(part, id), { workflow: part.name, node: id })
    }
    for (const [id, values] of Object.entries(part.compiled.drawn)) drawn.set(idOf(part, id), values)
    for (const port of part.ports.outputs) {
      const before = made.get(port.uniqueId)
      if (before) prompt.delete(idOf(before.part, before.port.node))
      made.set(port.uniqueId, { link: linkOf(port.source), port, part })
    }
  }
  const name = parts.map((part) => part.name).join(' + ')
  const compiled = {
    prompt: Object.fromEntries(prompt),
    drawn: Object.fromEntries(drawn),
    warnings: [],
    seeds: [],
    promoted: [],
  }
  return {
    name,
    compiled,
    get workflow() {
      return drawnTogether(parts, definitions)
    },
    ports: findPorts(compiled, definitions, name),
    parts,
    idOf,
    originOf: (node) => origins.get(node) ?? { workflow: name, node },
  }
}

/** One drawing for all parts, so that pictures which the prompt saves open again in ComfyUI; undefined where one cannot be drawn. */
function drawnTogether(parts: readonly LoadedWorkflow[], nodeDefinitions: NodeDefinitions): Workflow | undefined {
  const workflows = parts.flatMap(({ workflow }) => workflow ?? [])
  if (workflows.length < parts.length) return undefined
  try {
    return stitchWorkflows(workflows, { names: parts.map(({ name }) => name), nodeDefinitions }).workflow
  } catch (error) {
    if (isDiscomfortError(error)) return undefined
    throw error
  }
}

function checkJoint({ port: from, part: maker }: Made, to: InputPort, taker: LoadedWorkflow): void {
  if (typesAgree(from.type, to.type)) return
  throw new DiscomfortError(
    'PORT_TYPE_MISMATCH',
    `The OUTPUT port "${from.uniqueId}" of ${maker.name} (node ${from.node}) gives ${from.type}, but the INPUT port of that id in ${taker.name} (node ${to.node}) takes ${to.type}. Give one of them another unique_id, or run the workflows one after another.`,
    { details: { uniqueId: to.uniqueId, expected: to.type, found: from.type, node: to.node } },
  )
}
