/**
 * What each error code carries. The set is closed: adding a code is a minor release.
 * Every value is plain JSON, so that an error can be logged, sent and compared.
 */
export interface ErrorDetails {
  WORKFLOW_NOT_FOUND: { source: string }
  WORKFLOW_INVALID: { source?: string; reason: string; path?: string }
  WORKFLOW_NODES_MISSING: { source?: string; missing: MissingNodeType[] }
  WORKFLOW_CYCLE: { nodes: string[] }
  ADDRESS_AMBIGUOUS: { address: string; candidates: string[] }
  ADDRESS_NOT_FOUND: { address: string; candidates: string[] }
  PORT_UNBOUND: { ports: { uniqueId: string; node: string; title: string; type: string }[]; workflow?: string }
  PORT_DUPLICATE: { uniqueId: string; nodes: string[]; workflow?: string }
  PORT_TYPE_MISMATCH: { uniqueId: string; expected: string; found: string; node?: string }
  PORT_TYPE_UNSUPPORTED: { uniqueId: string; type: string; node: string; reason: string }
  VALUE_NOT_FOUND: { key: string; known: string[] }
  VALUE_TYPE: { key?: string; expected: string; found: string; reason?: string }
  VALUE_GONE: { key?: string; id: string }
  VALUE_CORRUPT: { id: string; reason: string; path?: string }
  VALUE_TOO_LARGE: { bytes: number; limit: number; key?: string }
  INT_UNSAFE: { key?: string; value: string }
  PROMPT_REJECTED: { reason: string; type?: string; nodes: RejectedNode[]; promptId?: string }
  SUBMIT_UNKNOWN: { promptId: string }
  NODE_FAILED: {
    node: string
    title: string
    classType: string
    exceptionType: string
    exceptionMessage: string
    traceback: string[]
    promptId: string
    workflow?: string
  }
  OUT_OF_MEMORY: { node: string; title: string; classType: string; exceptionMessage: string; promptId: string }
  ABORTED: { promptId?: string; reason?: string }
  TIMEOUT: { after: number; what: string }
  CLOSED: { what: string }
  SERVER_START_FAILED: { reason: string; exitCode?: number; logTail: string[]; logFile?: string; hint?: string }
  SERVER_CRASHED: { exitCode?: number; signal?: string; logTail: string[]; logFile?: string }
  SERVER_UNREACHABLE: { url: string; reason: string }
  SERVER_INCOMPATIBLE: { url: string; reason: string; found?: string; needed?: string }
  SERVER_UNAUTHORIZED: { url: string; status: number }
  COMFYUI_NOT_FOUND: { searched: string[]; reason?: string }
  INSTALL_FAILED: { step: string; reason: string; folder: string; logTail: string[] }
  STORE_FULL: { folder?: string; needed?: number; free?: number }
  EXPORT_EXISTS: { path: string }
  CONFIG_INVALID: { key?: string; reason: string; nearest?: string }
}

/** A node type that the server does not have, the nodes that use it, and the pack that brings it where the workflow says so. */
export interface MissingNodeType {
  type: string
  nodes: { id: string; title: string }[]
  pack?: string
}

/** What the server says about one node of a prompt that it refuses. */
export interface RejectedNode {
  node: string
  title: string
  classType: string
  errors: { type: string; message: string; details: string; input?: string }[]
}

/** One of the closed set of codes that a {@link DiscomfortError} can have. */
export type DiscomfortErrorCode = keyof ErrorDetails

/** What a {@link DiscomfortError} is made from besides its code and message. */
export interface DiscomfortErrorOptions<Code extends DiscomfortErrorCode> {
  details: ErrorDetails[Code]
  cause?: unknown
}

const brand: unique symbol = Symbol.for('discomfort.error') as never

/**
 * Every failure that this library raises on purpose. Any other error that escapes is a bug.
 * The message names the thing, where it is (file, node title and id) and the next step;
 * `details` says the same as plain JSON, typed by `code`; `cause` is the error below, if there is one.
 *
 * @example
 * try {
 *   await discomfort.run('improve.json')
 * } catch (error) {
 *   if (isDiscomfortError(error, 'NODE_FAILED')) console.error(error.details.traceback.join(''))
 *   else throw error
 * }
 */
export class DiscomfortError<Code extends DiscomfortErrorCode = DiscomfortErrorCode> extends Error {
  override readonly name = 'DiscomfortError'
  readonly code: Code
  readonly details: ErrorDetails[Code]
  /** @internal */
  readonly [brand] = true

  constructor(code: Code, message: string, { details, ...rest }: DiscomfortErrorOptions<Code>) {
    super(message, rest)
    this.code = code
    this.details = details
  }

  /** The error as plain JSON: code, message and details, without the stack. */
  toJSON(): { code: Code; message: string; details: ErrorDetails[Code] } {
    return { code: this.code, message: this.message, details: this.details }
  }
}

/**
 * Whether `error` is a {@link DiscomfortError}, of the given code if one is given.
 * Unlike `instanceof` it is also true when two copies of this package are loaded.
 *
 * @example
 * if (isDiscomfortError(error, 'PORT_UNBOUND')) console.error(error.details.ports)
 */
export function isDiscomfortError<Code extends DiscomfortErrorCode = DiscomfortErrorCode>(
  error: unknown,
  code?: Code,
): error is { [C in Code]: DiscomfortError<C> }[Code] {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || (error as DiscomfortError).code === code
}
