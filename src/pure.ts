export {
  DiscomfortError,
  isDiscomfortError,
  type DiscomfortErrorCode,
  type DiscomfortErrorOptions,
  type ErrorDetails,
  type MissingNodeType,
  type RejectedNode,
} from './errors.ts'
export type { CompileOptions } from './prompt/compile-options.ts'
export type { InputGroup, NodeDefinition, NodeDefinitions } from './prompt/node-definitions.ts'
export type { ConversionWarning } from './prompt/warning.ts'
export { workflowToPrompt } from './prompt/workflow-to-prompt.ts'
export type { Prompt, PromptNode } from './workflow/api-prompt.ts'
export type {
  LinkObject,
  LinkTuple,
  NodeId,
  NodeInput,
  NodeOutput,
  SubgraphDefinition,
  Workflow,
  WorkflowNode,
} from './workflow/document.ts'
export { parseWorkflow } from './workflow/parse.ts'
export type { ParsedSource } from './workflow/parsed-source.ts'
export { discoverPorts, type DiscoveredPort, type DiscoveredPorts } from './stitch/discover-ports.ts'
export { pruneToOutput, type PruneOptions } from './stitch/prune-to-output.ts'
export { stitchWorkflows, type StitchOptions, type Stitched } from './stitch/stitch-workflows.ts'
export type { Finding, FindingCode, MissingModel } from './validate/finding.ts'
export type { ClassReplacement, ClassReplacements, InputMapping } from './validate/replaced-classes.ts'
export type { OwnValidators, ValidateOptions } from './validate/validate-options.ts'
export { validateWorkflow } from './validate/validate-workflow.ts'
