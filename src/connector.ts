export { DiscomfortError, isDiscomfortError } from './errors.ts'
export { ComfyConnector, type ConnectorOptions, type ConnectorState } from './server/connector.ts'
export type { UploadedFile, UploadOptions } from './server/upload.ts'
