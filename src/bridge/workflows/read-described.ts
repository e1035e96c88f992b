import { stat } from 'node:fs/promises'
import type { Discomfort } from '../../discomfort.ts'
import { readWorkflow } from '../../files/read-workflow.ts'
import type { NodeDefinitions } from '../../prompt/node-definitions.ts'
import { discoverPorts, type DiscoveredPort } from '../../stitch/discover-ports.ts'
import { workflowToPrompt } from '../../prompt/workflow-to-prompt.ts'
import { usesModels } from '../values/hand-over.ts'

/** What a node needs to know of a workflow. */
export interface DescribedWorkflow {
  /** Id and type of each INPUT port, in the order of a node's sockets; an id stands once. */
  readonly inputs: readonly (readonly [id: string, type: string])[]
  readonly outputs: readonly (readonly [id: string, type: string])[]
  readonly usesModels: boolean
}

/** Describes workflow files, each once as long as it and the server's nodes stay as they are. */
export function createDescriber(): (path: string, discomfort: Discomfort) => Promise<DescribedWorkflow> {
  const known = new Map<string, { state: string; definitions: NodeDefinitions; described: DescribedWorkflow }>()
  return async (path, { connector }) => {
    const definitions = await connector.nodeDefinitions()
    const found = await stat(path).catch(() => undefined)
    const state = `${found?.mtimeMs}:${found?.size}`
    const last = known.get(path)
    if (found && last?.state === state && last.definitions === definitions) return last.described
    const described = await describe(path, definitions)
    if (known.size >= 100) known.delete(known.keys().next().value as string)
    known.set(path, { state, definitions, described })
    return described
  }
}

async function describe(path: string, definitions: NodeDefinitions): Promise<DescribedWorkflow> {
  const read = await readWorkflow(path)
  const source = read.kind === 'prompt' ? read.prompt : read.workflow
  const { inputs, outputs } = discoverPorts(source, definitions)
  const prompt =
    read.kind === 'prompt' ? read.prompt : workflowToPrompt(read.workflow, definitions, { source: read.name }).prompt
  return { inputs: sockets(inputs), outputs: sockets(outputs), usesModels: usesModels(prompt, definitions) }
}

function sockets(ports: readonly DiscoveredPort[]): [id: string, type: string][] {
  const types = new Map<string, string>()
  for (const { uniqueId, type } of ports) if ((types.get(uniqueId) ?? '*') === '*') types.set(uniqueId, type)
  return [...types]
}
