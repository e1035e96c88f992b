export { Discomfort, type DiscomfortOptions, type Usage } from './discomfort.ts'
export {
  DiscomfortError,
  isDiscomfortError,
  type DiscomfortErrorCode,
  type DiscomfortErrorOptions,
  type ErrorDetails,
  type MissingNodeType,
  type RejectedNode,
} from './errors.ts'
export type { ExportOptions } from './context/user-files/export-value.ts'
export type { ImportOptions } from './context/user-files/import-value.ts'
export {
  WorkflowContext,
  type ContextUsage,
  type SaveOptions,
  type StorageInfo,
  type WorkflowContextOptions,
} from './context/workflow-context.ts'
export type { Script, ScriptWorld } from './bridge/scripts/load-script.ts'
export type { EventDetails, EventNode, EventType, LogLevel, RunEvent } from './events/event.ts'
export { readWorkflow, type ReadSource } from './files/read-workflow.ts'
export { Image, type MaskOptions, type ToFileOptions } from './image/image.ts'
export { Audio, type AudioFileOptions } from './media/audio.ts'
export { openTensor, type FileTensorOptions } from './media/file-tensor.ts'
export type { KindMap } from './media/kind-map.ts'
export type { VideoContainer } from './media/video-container.ts'
export { Video, type VideoFileOptions } from './media/video.ts'
export type { WorkflowSource } from './run/loaded-workflow.ts'
export type { RunFile } from './run/run-file.ts'
export type { NodeOrigin } from './context/recipe.ts'
export { Reference } from './context/reference.ts'
export type { StoreRoots } from './context/places/store-roots.ts'
export { Resident } from './context/resident.ts'
export type { MapItem, MapOptions, MapResult } from './run/map-runs.ts'
export type { PassBy, PassByChoice } from './run/pass-by.ts'
export type { Tools } from './run/tools.ts'
export { product, zip, type Axes, type Point } from './run/sweep.ts'
export type { ConversionChoices, OutputKinds, PartnerLogin, RunOptions, RunOutputs } from './run/run-options.ts'
export type { Retries } from './run/retry-policy.ts'
export type { RetriedAttempt, Run, RunReport, SentSeed, SkippedOutput } from './run/run.ts'
export type { Handshake } from './schema/handshake.ts'
export type { ModelCache } from './schema/model-cache.ts'
export type { ConnectorOptions, ConnectorState } from './server/connector-options.ts'
export { ComfyConnector } from './server/connector.ts'
export type { PromptOptions } from './server/prompt-options.ts'
export type { LogLine } from './server/jobs/follow-log.ts'
export type { HistoryEntry, NodeOutput } from './server/jobs/job-record.ts'
export type { CustomNodes } from './server/launch/launch-arguments.ts'
export type { UploadedFile, UploadOptions } from './server/transfer/upload.ts'
export { discoverPorts, type DiscoveredPort, type DiscoveredPorts } from './stitch/discover-ports.ts'
export { pruneToOutput, type PruneOptions } from './stitch/prune-to-output.ts'
export { stitchWorkflows, type StitchOptions, type Stitched } from './stitch/stitch-workflows.ts'
export { comfyList, type ComfyList } from './values/comfy-list.ts'
export type { AudioEntries } from './values/audio-entries.ts'
export { ComfyObject } from './values/comfy-object.ts'
export type { Conditioning } from './values/conditioning.ts'
export type { Dtype } from './values/dtype.ts'
export type { FileClasses, Kind, KindMapOf } from './values/kinds.ts'
export { Latent } from './values/latent.ts'
export { Mask } from './values/mask.ts'
export { Tensor, type TensorSource } from './values/tensor.ts'
export { tuple, type Tuple } from './values/tuple.ts'
export type { TensorData } from './values/typed-array.ts'
