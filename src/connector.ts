export {
  DiscomfortError,
  isDiscomfortError,
  type DiscomfortErrorCode,
  type DiscomfortErrorOptions,
  type ErrorDetails,
  type MissingNodeType,
  type RejectedNode,
} from './errors.ts'
export type { NodeDefinition, NodeDefinitions } from './prompt/node-definitions.ts'
export type { Handshake } from './schema/handshake.ts'
export type { ModelCache } from './schema/model-cache.ts'
export type { ConnectorOptions, ConnectorState } from './server/connector-options.ts'
export { ComfyConnector } from './server/connector.ts'
export type { PromptOptions } from './server/prompt-options.ts'
export type { LogLevel } from './events/event.ts'
export type { LogLine } from './server/jobs/follow-log.ts'
export type { HistoryEntry, NodeOutput } from './server/jobs/job-record.ts'
export type { CustomNodes } from './server/launch/launch-arguments.ts'
export type { UploadedFile, UploadOptions } from './server/transfer/upload.ts'
export type { Prompt, PromptNode } from './workflow/api-prompt.ts'
