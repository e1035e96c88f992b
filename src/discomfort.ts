import { sweepDeadContexts } from './context/places/context-folder.ts'
import { storeRoots, type StoreRoots } from './context/places/store-roots.ts'
import { WorkflowContext, type ContextUsage, type WorkflowContextOptions } from './context/workflow-context.ts'
import { resolveOptions } from './config/resolve-options.ts'
import { DiscomfortError } from './errors.ts'
import type { NodeDefinitions } from './prompt/node-definitions.ts'
import { createWorkflowLoader, type WorkflowLoader, type WorkflowSource } from './run/loaded-workflow.ts'
import { countRuns } from './run/count-runs.ts'
import { mapRuns, type MapItem, type MapOptions, type MapResult } from './run/map-runs.ts'
import type { OutputKinds, RunOptions, RunOutputs } from './run/run-options.ts'
import type { Run } from './run/run.ts'
import { createExchanges } from './run/exchanges.ts'
import { sharedRoots } from './run/shared-store.ts'
import type { PassBy } from './run/pass-by.ts'
import type { RunHost } from './run/run-host.ts'
import { startRun } from './run/start-run.ts'
import { createTools, type Tools } from './run/tools.ts'
import type { ModelCache } from './schema/model-cache.ts'
import type { ConnectorOptions } from './server/connector-options.ts'
import type { ComfyConnector } from './server/connector.ts'
import { leaseConnector, type Lease } from './server/lease.ts'
import { closeOnSignals } from './server/signals.ts'

/** Options of a handle that do not concern its server. */
type OwnOptions = Pick<RunHost, 'apiKey' | 'passByType'>

/** How {@link Discomfort.create} gets its ComfyUI. */
export interface DiscomfortOptions extends ConnectorOptions {
  /** A key for partner nodes; it goes with each prompt and stands in no log. Default: `DISCOMFORT_API_KEY`. */
  readonly apiKey?: string | undefined
  /** A server of its own, although another handle has the same configuration. Default: false. */
  readonly exclusive?: boolean | undefined
  /**
   * How outputs of a ComfyUI type leave a run where the call says nothing: `{ LATENT: 'ref' }`. Default: objects that
   * live in the server by reference, the rest as data.
   */
  readonly passBy?: Readonly<Record<string, PassBy>> | undefined
  /**
   * Whether SIGINT (Ctrl-C), SIGTERM and SIGHUP close the handle: what runs is cancelled, contexts are removed, a ComfyUI
   * that was started is stopped, and then the signal ends the process as it would have. A second signal ends it at once,
   * and its ComfyUI with it. A signal for which the script has a listener of its own is left to that, the first time.
   * With false all is left to the script; a ComfyUI that was started ends with the process either way. Default: true.
   */
  readonly handleSignals?: boolean | undefined
  /**
   * A JSON file with defaults for these options, or false for none. Default: discomfort.config.json in the working folder,
   * if it is there.
   */
  readonly config?: string | false | undefined
}

/** What {@link Discomfort.getUsage} tells: sums over the contexts, `bytes` of their files. */
export interface Usage extends ContextUsage {
  /** How many contexts are open. */
  readonly contexts: number
  readonly models: ModelCache | undefined
}

/**
 * Runs ComfyUI workflows. Made by {@link Discomfort.create}; to be closed when done.
 *
 * @example
 * await using discomfort = await Discomfort.create({ server: 'http://127.0.0.1:8188' })
 * const run = discomfort.run('portrait.png', { inputs: { 'KSampler.seed': 7 } })
 * await run
 * console.log(run.files[0]?.url)
 */
export class Discomfort implements AsyncDisposable {
  readonly #lease: Lease
  readonly #roots: StoreRoots | undefined
  readonly #own: OwnOptions
  readonly #contexts = new Set<WorkflowContext>()
  readonly #runs = new Set<Run<unknown>>()
  readonly #queued = countRuns()
  readonly #exchange: RunHost['exchange']
  #loader: { definitions: NodeDefinitions; loader: WorkflowLoader } | undefined
  #closing: Promise<void> | undefined
  #ignoreSignals: (() => void) | undefined

  private constructor(lease: Lease, roots: StoreRoots | undefined, own: OwnOptions) {
    this.#lease = lease
    this.#roots = roots
    this.#own = own
    this.#exchange = createExchanges(lease.connector, roots)
  }

  /**
   * Attaches to a ComfyUI (`server`), or starts one. Two calls with the same configuration share one server; the last
   * handle that is closed stops it.
   *
   * @throws {@link DiscomfortError} `CONFIG_INVALID`, `COMFYUI_NOT_FOUND`, `INSTALL_FAILED`, `SERVER_START_FAILED`,
   * `SERVER_UNREACHABLE`, `SERVER_UNAUTHORIZED`, `SERVER_INCOMPATIBLE`
   * @example
   * await using discomfort = await Discomfort.create({ args: ['--lowvram'] })
   */
  static async create(options: DiscomfortOptions = {}): Promise<Discomfort> {
    const { onState, ...plain } = options
    const { apiKey, passBy, exclusive, handleSignals, ...connection } = await resolveOptions(plain)
    for (const root of Object.values(storeRoots())) if (root !== undefined) void sweepDeadContexts(root)
    const lease = await leaseConnector(connection, exclusive ?? false, onState)
    try {
      const discomfort = new Discomfort(lease, await sharedRoots(lease.connector), { apiKey, passByType: passBy })
      if (handleSignals ?? true) discomfort.#ignoreSignals = closeOnSignals(() => discomfort.close())
      return discomfort
    } catch (error) {
      await lease.release()
      throw error
    }
  }

  /** The server below: states, uploads, node definitions, its log. */
  get connector(): ComfyConnector {
    return this.#lease.connector
  }

  /** The pure functions of `discomfort/pure` with this server's node definitions, on anything that {@link Discomfort.run} takes. */
  get tools(): Tools {
    this.#assertOpen()
    return createTools(this.connector)
  }

  /**
   * Runs one workflow, or several one after another, and resolves with the values of their OUTPUT ports. A workflow is a
   * path (JSON, or a PNG or WebP that ComfyUI saved), a URL, the bytes of a file, a parsed workflow or a prompt.
   * `inputs` are saved into the context, and every INPUT port takes its value from there.
   *
   * @throws {@link DiscomfortError} `WORKFLOW_NOT_FOUND`, `WORKFLOW_INVALID`, `WORKFLOW_NODES_MISSING`, `PORT_UNBOUND`,
   * `VALUE_TYPE` … before anything is sent; `PROMPT_REJECTED`, `NODE_FAILED`, `OUT_OF_MEMORY`, `SERVER_CRASHED`,
   * `ABORTED`, `TIMEOUT` afterwards.
   * @example
   * const { quality } = await discomfort.run('assess.json', { context, outputs: { quality: 'FLOAT' } })
   */
  run<const Kinds extends OutputKinds>(
    workflows: WorkflowSource | readonly WorkflowSource[],
    options: RunOptions<Kinds> = {},
  ): Run<RunOutputs<Kinds>> {
    return this.#begin(workflows, options, {})
  }

  /**
   * Runs once for each item, independent of one another: `items` are the inputs of the runs, on top of `inputs` that all
   * share. Results come in the order of the items; what fails is told in its place and does not lose the others. A
   * context that is given is read and never changed, so models that were passed into it by reference serve all.
   *
   * @throws {@link DiscomfortError} `CONFIG_INVALID`; errors of single runs stand in the results
   * @example
   * const results = await discomfort.map('portrait.json', product({ 'KSampler.seed': [1, 2, 3] }), {
   *   outputs: { image: 'IMAGE' },
   * })
   * for (const result of results)
   *   if (result.status === 'fulfilled') await result.outputs.image.toFile(`${result.item['KSampler.seed']}.png`)
   */
  async map<const Item extends MapItem, const Kinds extends OutputKinds>(
    workflows: WorkflowSource | readonly WorkflowSource[],
    items: Iterable<Item>,
    options: MapOptions<Kinds, Item, RunOutputs<Kinds>> = {},
  ): Promise<MapResult<Item, RunOutputs<Kinds>>[]> {
    const { concurrency, onResult, ...shared } = options
    const begin = (item: Item) =>
      this.#begin(workflows, { ...shared, inputs: { ...shared.inputs, ...item } }, { isolated: true })
    return mapRuns([...items], begin, { concurrency, signal: shared.signal, onResult })
  }

  /**
   * A store of values that outlives single runs. It closes with {@link Discomfort.close} at the latest. One with a `name`
   * outlives the script, and `from` opens what {@link WorkflowContext.saveTo} saved.
   *
   * @throws {@link DiscomfortError} `CONFIG_INVALID`; `VALUE_NOT_FOUND` where nothing was saved in `from`
   * @example
   * await using context = discomfort.context({ name: 'portraits', maxRamGb: 8 })
   */
  context(options: WorkflowContextOptions = {}): WorkflowContext {
    this.#assertOpen()
    const context = new WorkflowContext(options, this.#roots)
    this.#contexts.add(context)
    return context
  }

  /**
   * What is kept: values in the contexts of this handle that are open, and models that the server keeps loaded
   * (undefined where it has no pack).
   *
   * @example
   * const { bytes, models } = await discomfort.getUsage() // 1048576, { limit: 8, loaders: 2, … }
   */
  async getUsage(): Promise<Usage> {
    this.#assertOpen()
    const contexts = [...this.#contexts].filter((context) => !context.isClosed).map((context) => context.getUsage())
    const sum = (name: keyof ContextUsage) => contexts.reduce((total, usage) => total + usage[name], 0)
    const models = await this.connector.getModelCache()
    return {
      contexts: contexts.length,
      keys: sum('keys'),
      files: sum('files'),
      bytes: sum('bytes'),
      ramBytes: sum('ramBytes'),
      residents: sum('residents'),
      models,
    }
  }

  /** Ends what still runs, closes the contexts, and stops the server if this was its last handle. Never throws. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** The same as {@link Discomfort.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin<const Kinds extends OutputKinds>(
    workflows: WorkflowSource | readonly WorkflowSource[],
    options: RunOptions<Kinds>,
    how: { readonly isolated?: boolean },
  ): Run<RunOutputs<Kinds>> {
    this.#assertOpen()
    const sources = Array.isArray(workflows) ? (workflows as readonly WorkflowSource[]) : [workflows]
    const host = {
      connector: this.connector,
      loader: () => this.#currentLoader(),
      ...this.#own,
      roots: this.#roots,
      exchange: this.#exchange,
      queued: this.#queued,
    }
    const run = startRun(host, sources, options, how)
    this.#runs.add(run)
    void run.ended.then(() => this.#runs.delete(run))
    return run
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#runs].map((run) => run.close()))
    await Promise.all([...this.#contexts].map((context) => context.shutdown()))
    await this.#lease.release()
    this.#ignoreSignals?.()
  }

  /** The loader keeps converted files; it is renewed with the node definitions. */
  async #currentLoader(): Promise<WorkflowLoader> {
    const definitions = await this.connector.nodeDefinitions()
    if (this.#loader?.definitions !== definitions)
      this.#loader = { definitions, loader: createWorkflowLoader(definitions) }
    return this.#loader.loader
  }

  #assertOpen(): void {
    if (this.#closing)
      throw new DiscomfortError('CLOSED', 'This Discomfort is closed. Create a new one.', {
        details: { what: 'Discomfort' },
      })
  }
}
