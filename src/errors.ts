/**
 * What each error code carries. The set is closed: adding a code is a minor release.
 * Every value is plain JSON, so that an error can be logged, sent and compared.
 */
export interface ErrorDetails {
  /** There is no file or page at that place. Cure: Check the path; it is relative to the working folder. */
  WORKFLOW_NOT_FOUND: { source: string }
  /** The file is no JSON, no workflow, or damaged; the message says where. Cure: Save it again from ComfyUI, or mend the named place. */
  WORKFLOW_INVALID: { source?: string; reason: string; path?: string }
  /** The server lacks node types that the workflow uses. Cure: Install the named packs, or mute the nodes. */
  WORKFLOW_NODES_MISSING: { source?: string; missing: MissingNodeType[] }
  /** Nodes take from one another in a circle, or a subgraph contains itself. Cure: Break the cycle in ComfyUI. */
  WORKFLOW_CYCLE: { nodes: string[] }
  /** Several nodes fit an address such as `KSampler.seed`. Cure: Use one of the named candidates, which begin with the node's id, or give the node a title of its own. */
  ADDRESS_AMBIGUOUS: { address: string; candidates: string[] }
  /** A name among `inputs` or `outputs` is neither a port nor an address of the workflow. Cure: Take one of the named candidates; `discomfort ports` lists all. */
  ADDRESS_NOT_FOUND: { address: string; candidates: string[] }
  /** INPUT ports have no value, neither given, saved nor drawn. Nothing was sent. Cure: Pass them with `inputs`, or save them into the context first. */
  PORT_UNBOUND: { ports: { uniqueId: string; node: string; title: string; type: string }[]; workflow?: string }
  /** Two OUTPUT ports of one workflow have the same `unique_id`. Cure: Give each its own. */
  PORT_DUPLICATE: { uniqueId: string; nodes: string[]; workflow?: string }
  /** INPUT ports of one `unique_id` feed inputs of different types, or workflows that are joined give another type than they take. Cure: Use a `unique_id` of its own for each type. */
  PORT_TYPE_MISMATCH: { uniqueId: string; expected: string; found: string; node?: string }
  /** An OUTPUT port got something that is no data, such as a model. Cure: Pass it by reference (`passBy: 'ref'`), keep it in the server (`passBy: 'resident'`), or turn it into data inside the workflow. */
  PORT_TYPE_UNSUPPORTED: { uniqueId: string; type: string; node: string; reason: string }
  /** There is no value of that key (or no file of that path), or an output that was asked for gave nothing. Cure: The message says which keys there are; `run.skipped` says why an output is missing. */
  VALUE_NOT_FOUND: { key: string; known: string[] }
  /** A value is not of the type or kind that is wanted, and nothing is coerced with loss. Cure: Pass a value of the named type. */
  VALUE_TYPE: { key?: string; expected: string; found: string; reason?: string }
  /** A value was overwritten or deleted, or its context was closed, before its bytes were read. Or it stayed alive in a server that has ended. Cure: Read it earlier, keep it with `await value.load()`, or make it again. */
  VALUE_GONE: { key?: string; id: string }
  /** A value by reference, or one that stays alive in the server, was asked for as data. Cure: Pass it on to a workflow, or make it with `passBy: 'val'`. */
  VALUE_IS_REFERENCE: { key: string; type: string }
  /** A reference would run a paid node again wherever it is used. Cure: Pass the value as data (`passBy: 'val'`), or allow it by naming its key in `passBy`. */
  REFERENCE_COSTS: { key: string; nodes: { node: string; title: string; classType: string; workflow: string }[] }
  /** What a reference would run is not valid; the message names file, node and input. Cure: Mend the named node. */
  REFERENCE_INVALID: { key: string; problems: { node: string; title: string; workflow: string; message: string }[] }
  /** A chain of nodes is longer than the server can follow. Nothing was sent. Cure: Split the work into several runs that pass values instead of references. */
  PROMPT_TOO_DEEP: { nodes: number; most: number; workflow?: string }
  /** A run with `until` did not come to an end within its number of rounds. Cure: Raise `iterations`, or look at why the condition never holds. */
  ITERATIONS_EXCEEDED: { iterations: number }
  /** A file or message does not hold what it should. It was not used. Cure: Run the workflow again; if it comes back, the disk or another program damages files. */
  VALUE_CORRUPT: { id: string; reason: string; path?: string }
  /** A value is too big to be read at once, or for a server on another machine. Cure: Use a context, and read slices or a stream; or raise `DISCOMFORT_MAX_VALUE_GB` there. */
  VALUE_TOO_LARGE: { bytes: number; limit: number; key?: string }
  /** A whole number is beyond what JavaScript's numbers hold exactly. Cure: Use a bigint, or the kind `BIGINT`. */
  INT_UNSAFE: { key?: string; value: string }
  /** ComfyUI refuses the prompt, wholly or in part; the message names the nodes and inputs. What it had begun was cancelled. Cure: Change these inputs. */
  PROMPT_REJECTED: { reason: string; type?: string; nodes: RejectedNode[]; promptId?: string }
  /** The answer to a submit was lost, and a server without the pack does not know the job. It was not sent twice. Cure: Look at the server's queue, then run it again; with the pack this cannot happen. */
  SUBMIT_UNKNOWN: { promptId: string }
  /** A node raised; `details` has its id, title, class, message and traceback. Cure: Mend the node's inputs or the node. */
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
  /** A node ran out of memory. The server lives on. Cure: Smaller pictures or batches, or `args: ['--lowvram']`. */
  OUT_OF_MEMORY: {
    node: string
    title: string
    classType: string
    exceptionMessage: string
    promptId: string
    /** In bytes, after ComfyUI has unloaded its models. */
    memory?: {
      ram: { total: number; free: number }
      devices: readonly { name: string; total: number; free: number }[]
    }
  }
  /** The run was cancelled, by us or by somebody on the server. Cure: Run it again if that was not meant. */
  ABORTED: { promptId?: string; reason?: string }
  /** The run did not end in the time it was given; its job was cancelled. Cure: Raise `timeout`, or look at what the server does. */
  TIMEOUT: { after: number; what: string }
  /** The handle, context or connector was closed. Cure: Create a new one. */
  CLOSED: { what: string }
  /** ComfyUI could not be started; the message has the last lines of its log and, for known causes, what to do. Cure: Follow the hint, or read the log file. */
  SERVER_START_FAILED: { reason: string; exitCode?: number; logTail: string[]; logFile?: string; hint?: string }
  /** The ComfyUI ended, was restarted, or lost its thread that executes prompts while it was in use. One that we started is started again. Cure: Run it again, or pass `retries`; where it comes back, read the log. */
  SERVER_CRASHED: { exitCode?: number; signal?: string; logTail: string[]; logFile?: string; reason?: string }
  /** Nobody answers at that address, or nobody any more while a value was on its way; or the way there is closed: the proxy, the certificate. Cure: Start ComfyUI, mend the address, or do what the message says. */
  SERVER_UNREACHABLE: { url: string; reason: string }
  /** The server does not fit: no ComfyUI, a pack that is missing, older or newer, or too old to take values over HTTP. Cure: The message says which side to change. */
  SERVER_INCOMPATIBLE: { url: string; reason: string; found?: string; needed?: string }
  /** The server, or a proxy before it, refuses us with 401 or 403, or sends us to a login. Cure: Give a `token`, a user and password in the address, or `headers`. */
  SERVER_UNAUTHORIZED: { url: string; status: number }
  /** There is no ComfyUI to start, or none in the folder that was named. Cure: Name yours, attach to a running one, or `npx discomfort install`. */
  COMFYUI_NOT_FOUND: { searched: string[]; reason?: string }
  /** The managed ComfyUI could not be made, or the node pack not put into one; the message names the step. Nothing half-made was left. Cure: Mend the cause and install again. */
  INSTALL_FAILED: { step: string; reason: string; folder: string; logTail: string[] }
  /** ComfyUI's page was asked, and the package that drives it is not there: it is an optional dependency. Cure: `npm install` the named package. */
  PACKAGE_MISSING: { package: string; reason: string }
  /** ComfyUI's page was asked, and there is no Chromium or Chrome to open it. Cure: Install one, or set `DISCOMFORT_CHROMIUM` to its path. */
  BROWSER_NOT_FOUND: { searched: string[] }
  /** The browser does not start, or ended while ComfyUI's page was open. Cure: Start it by hand to see why, or set `DISCOMFORT_CHROMIUM` to another. */
  BROWSER_FAILED: { browser: string; reason: string }
  /** There is no room for a value. The old value stays. Cure: Free space, delete values, or set `DISCOMFORT_STORE` to a larger folder. */
  STORE_FULL: { folder?: string; needed?: number; free?: number }
  /** The file exists already; for `discomfort nodes`, something that is not ours is where the node pack goes. Cure: Pass `overwrite: true`, or another path; take away what is in the pack's place. */
  EXPORT_EXISTS: { path: string }
  /** The context has a value of that key already. Cure: Pass `overwrite: true`, or another key. */
  IMPORT_EXISTS: { key: string }
  /** A node inside ComfyUI may not run this script: scripts are off, or it lies elsewhere. Cure: Allow it in discomfort.bridge.json, which the message names. */
  SCRIPTS_DISABLED: { script: string; reason: string; config: string }
  /** A script raised, could not be read, or gave no object with the outputs of its node. Cure: Mend the script at the named line. */
  SCRIPT_FAILED: { script: string; reason: string; stack?: string }
  /** An option is unknown or does not fit, in a call, the environment or the config file. Cure: The message names the option and the nearest known one. */
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
  /** The workflow that the node comes from, where the server was asked by a run. */
  workflow?: string
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
