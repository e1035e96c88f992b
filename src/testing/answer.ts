import type { IncomingMessage } from 'node:http'

/** A request as the fake ComfyUI got it. */
export interface FakeRequest {
  readonly method: string
  /** With what stands behind `?`. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** The body as text. */
  readonly body: string
  /** The body as it came. */
  readonly bytes: Buffer
}

/** An answer with a body: a text or bytes as they are, anything else as JSON. */
export interface FakeResponse {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer; `lost` cuts the connection, `none` never answers. */
export type FakeAnswer = FakeResponse | 'lost' | 'none'

/** The answer that all went well. */
export function ok(body: unknown = '', headers?: Record<string, string>): FakeResponse {
  return { status: 200, body, ...(headers ? { headers } : {}) }
}

/** A refusal in the form that ComfyUI uses. */
export function refuse(status: number, type: string, message: string, nodeErrors: unknown = {}): FakeResponse {
  return { status, body: { error: { type, message, details: '', extra_info: {} }, node_errors: nodeErrors } }
}
