export { Discomfort, type DiscomfortOptions } from './discomfort.ts'
export {
  DiscomfortError,
  isDiscomfortError,
  type DiscomfortErrorCode,
  type ErrorDetails,
  type MissingNodeType,
  type RejectedNode,
} from './errors.ts'
export { WorkflowContext, type ContextUsage, type SaveOptions, type StorageInfo } from './context/workflow-context.ts'
export type { EventDetails, EventType, RunEvent } from './events/event.ts'
export { readWorkflow, type ReadSource } from './files/read-workflow.ts'
export { Image } from './image/image.ts'
export type { KindMap } from './image/kind-map.ts'
export type { WorkflowSource } from './run/loaded-workflow.ts'
export type { RunFile } from './run/run-file.ts'
export type { OutputKinds, RunOptions, RunOutputs } from './run/run-options.ts'
export type { Run, RunReport, SkippedOutput } from './run/run.ts'
export { ComfyConnector, type ConnectorOptions, type ConnectorState } from './server/connector.ts'
export { comfyList } from './values/comfy-list.ts'
export type { Kind } from './values/kinds.ts'
export { Latent } from './values/latent.ts'
export { Mask } from './values/mask.ts'
export { Tensor } from './values/tensor.ts'
export { tuple } from './values/tuple.ts'
