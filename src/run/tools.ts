import { readWorkflow, type ReadSource } from '../files/read-workflow.ts'
import type { CompileOptions } from '../prompt/compile-options.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { ConversionWarning } from '../prompt/warning.ts'
import { workflowToPrompt } from '../prompt/workflow-to-prompt.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { readNodeKnowledge } from '../server/knowledge/node-knowledge.ts'
import { discoverPorts, type DiscoveredPorts } from '../stitch/discover-ports.ts'
import { pruneToOutput } from '../stitch/prune-to-output.ts'
import { stitchWorkflows, type StitchOptions, type Stitched } from '../stitch/stitch-workflows.ts'
import type { Finding } from '../validate/finding.ts'
import { validateWorkflow } from '../validate/validate-workflow.ts'
import { invalidWorkflow } from '../workflow/invalid-workflow.ts'
import type { Workflow } from '../workflow/document.ts'
import type { WorkflowSource } from './loaded-workflow.ts'

/**
 * The pure functions of `discomfort/pure`, with the node definitions of one server, on anything that `run` takes: paths,
 * URLs, bytes of files, workflows and prompts.
 *
 * @example
 * const { inputs, outputs } = await discomfort.tools.discoverPorts('portrait.json')
 * const { workflow } = await discomfort.tools.stitchWorkflows(['load.json', 'sample.json'])
 */
export interface Tools {
  /** The prompt that ComfyUI's page would send, and what was noticed. A prompt is given back as it is. */
  workflowToPrompt(
    source: WorkflowSource,
    options?: Omit<CompileOptions, 'source'>,
  ): Promise<{ prompt: Prompt; warnings: readonly ConversionWarning[] }>
  /** The ports, with their types, and the order of execution. */
  discoverPorts(source: WorkflowSource): Promise<DiscoveredPorts>
  /** One workflow of several, which opens in ComfyUI; prompts have no drawing and are `WORKFLOW_INVALID`. */
  stitchWorkflows(
    sources: readonly WorkflowSource[],
    options?: Omit<StitchOptions, 'nodeDefinitions'>,
  ): Promise<Stitched>
  /** The smallest workflow that makes the value of one OUTPUT port. */
  pruneToOutput(source: WorkflowSource, uniqueId: string): Promise<Workflow>
  /** Everything that can be known to be wrong, also what this server alone knows about its node classes. */
  validateWorkflow(source: WorkflowSource): Promise<{ findings: readonly Finding[] }>
}

export function createTools(connector: ComfyConnector): Tools {
  return {
    async workflowToPrompt(source, options) {
      const read = await readWorkflow(source)
      if (read.kind === 'prompt') return { prompt: read.prompt, warnings: [] }
      return workflowToPrompt(read.workflow, await connector.nodeDefinitions(), { ...options, source: read.name })
    },
    async discoverPorts(source) {
      const read = await readWorkflow(source)
      return discoverPorts(read.kind === 'prompt' ? read.prompt : read.workflow, await connector.nodeDefinitions())
    },
    async stitchWorkflows(sources, options) {
      const read = await Promise.all(sources.map((source) => readWorkflow(source)))
      const nodeDefinitions = await connector.nodeDefinitions()
      const names = options?.names ?? read.map(({ name }) => name)
      return stitchWorkflows(read.map(drawing), { ...options, names, nodeDefinitions })
    },
    async pruneToOutput(source, uniqueId) {
      const read = await readWorkflow(source)
      const nodeDefinitions = await connector.nodeDefinitions()
      return pruneToOutput(drawing(read), uniqueId, { name: read.name, nodeDefinitions })
    },
    async validateWorkflow(source) {
      const read = await readWorkflow(source)
      const [definitions, knowledge] = await Promise.all([
        connector.nodeDefinitions({ refresh: true }),
        readNodeKnowledge(connector.http),
      ])
      const subject = read.kind === 'prompt' ? read.prompt : read.workflow
      return validateWorkflow(subject, definitions, { ...knowledge, source: read.name })
    },
  }
}

function drawing(read: ReadSource): Workflow {
  if (read.kind === 'workflow') return read.workflow
  throw invalidWorkflow(`${read.name} is a prompt ("API format"), which has no drawing.`)
}
