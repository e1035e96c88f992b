import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DiscomfortError } from '../errors.ts'
import { log } from '../log.ts'
import { readWorkflow } from '../files/read-workflow.ts'
import { createFrontend, type Frontend } from '../frontend/frontend.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { workflowToPrompt } from '../prompt/workflow-to-prompt.ts'
import type { Handshake } from '../schema/handshake.ts'
import type { ModelCache } from '../schema/model-cache.ts'
import type { SubmitNote } from '../schema/submit.ts'
import type { ConnectorOptions, ConnectorState } from './connector-options.ts'
import { closed } from './hold/closed.ts'
import type { Hold } from './hold/hold.ts'
import { takeHold } from './hold/take-hold.ts'
import { getJson, socketAddress, type Http } from './http/http.ts'
import { cancelJob } from './jobs/cancel.ts'
import { followJobs } from './jobs/follow.ts'
import { followLog, type LogLine } from './jobs/follow-log.ts'
import { createLogSubscription } from './jobs/logs.ts'
import { jobFailure } from './jobs/job-failure.ts'
import { readHistory, type HistoryEntry, type JobEnd } from './jobs/job-record.ts'
import type { JobServer } from './jobs/job-server.ts'
import { runJob, type Job } from './jobs/run-job.ts'
import { createSocket } from './jobs/socket.ts'
import { readModelCache } from './knowledge/model-cache.ts'
import { readPromptOptions, type PromptOptions } from './prompt-options.ts'
import type { UploadedFile, UploadOptions } from './transfer/upload.ts'
import { createUploads, type Uploads } from './transfer/uploads.ts'

/**
 * One ComfyUI, started by us or attached to: runs prompts on it, uploads files, and stops it if we started it.
 * It knows nothing of ports and contexts and is usable alone.
 *
 * @example
 * await using comfy = await ComfyConnector.create({ server: 'http://127.0.0.1:8188' })
 * const entry = await comfy.runWorkflow('portrait.json')
 * console.log(entry.outputs)
 */
export class ComfyConnector implements AsyncDisposable {
  readonly #hold: Hold
  readonly #jobs: JobServer
  readonly #uploads: Uploads
  readonly #stateListeners = new Set<(state: ConnectorState) => void>()
  #frontend: Frontend
  #definitions: Promise<NodeDefinitions> | undefined
  #forgettable: string[] = []
  #stopping: Promise<void> | undefined
  #told: ConnectorState = 'ready'
  readonly #closing = new AbortController()
  readonly #logs: ReturnType<typeof createLogSubscription>

  private constructor(hold: Hold) {
    this.#hold = hold
    const { http } = hold
    this.#jobs = {
      http,
      socket: createSocket(http, async (ids) => {
        await followJobs(this.#jobs, ids)
        await this.#logs.renew()
        for (const watch of this.#jobs.watches) watch.check()
      }),
      watches: new Set(),
      hasJobRoutes: hold.handshake !== undefined,
      isUseless: () => hold.isUseless(),
      isSilent: () => hold.isSilent(),
    }
    this.#logs = createLogSubscription(this.#jobs)
    this.#uploads = createUploads(http, hold.folder)
    this.#frontend = createFrontend(http)
    hold.listen({
      down: (error) => this.#onDown(error),
      up: () => this.#onUp(),
      gone: () => this.#tellState(),
    })
  }

  /**
   * Attaches to the server that is named, or to one of `discomfort up` that has the same configuration, or starts one.
   * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND`, `INSTALL_FAILED`, `SERVER_START_FAILED`, `SERVER_UNREACHABLE`,
   * `SERVER_UNAUTHORIZED`, `SERVER_INCOMPATIBLE`
   */
  static async create(options: ConnectorOptions = {}): Promise<ComfyConnector> {
    const { onState } = options
    onState?.('starting')
    try {
      const connector = new ComfyConnector(await takeHold(options))
      if (onState) connector.watchState(onState)
      return connector
    } catch (error) {
      onState?.('failed')
      throw error
    }
  }

  get state(): ConnectorState {
    const { state } = this.#hold
    return state === 'ready' && this.#jobs.watches.size > 0 ? 'busy' : state
  }

  /** Calls a listener with the state, now and whenever it changes, until the returned function is called. */
  watchState(listener: (state: ConnectorState) => void): () => void {
    this.#stateListeners.add(listener)
    listener(this.state)
    return () => this.#stateListeners.delete(listener)
  }

  /** Whether the server was started by us and stops with us. */
  get isManaged(): boolean {
    return this.#hold.isOurs
  }

  /** The pack's answer; undefined where the server has no pack. Another one after a restart. */
  get handshake(): Handshake | undefined {
    return this.#hold.handshake
  }

  /** The log of a started server. */
  get logFile(): string | undefined {
    return this.#hold.logFile
  }

  /** The address of the server, without user and password. */
  get serverAddress(): string {
    return this.http.base
  }

  get wsAddress(): string {
    return socketAddress(this.http, this.clientId)
  }

  /** The id under which the server knows our socket. */
  get clientId(): string {
    return this.#jobs.socket.clientId
  }

  /** How many HTTP requests were made so far. */
  get requestCount(): number {
    return this.http.requests
  }

  /** @internal */
  get http(): Http {
    return this.#jobs.http
  }

  /** The process id of a started server. */
  get pid(): number | undefined {
    return this.#hold.pid
  }

  /** The server's node definitions (`/object_info`), fetched once; `refresh` asks again, e.g. after a new model file. */
  nodeDefinitions(options: { refresh?: boolean | undefined } = {}): Promise<NodeDefinitions> {
    this.#assertOpen()
    if (options.refresh || !this.#definitions) {
      const asked = this.ready().then(() => getJson(this.http, '/object_info')) as Promise<NodeDefinitions>
      this.#definitions = asked
      asked.catch(() => {
        if (this.#definitions === asked) this.#definitions = undefined
      })
    }
    return this.#definitions
  }

  /**
   * The prompt that ComfyUI's own page would send for a workflow: a path, a URL, the bytes of a file, or a parsed
   * workflow. A prompt is given back as it is.
   *
   * With `via: 'frontend'` the page itself is asked, the one that the server brings with the code of all its packs. That
   * serves nodes whose widgets are made, or whose values are drawn, by this code: those that the conversion warns of.
   * The prompt is exactly the page's JSON, except that nodes of unknown type that hang on nothing are left out. So
   * integers over 2^53 are rounded, and seeds and choices (`{red|blue}`) are drawn where the page draws them while it
   * converts. The page reads the user's settings and changes none; what nodes upload (Load3D its pictures) stays.
   *
   * @throws {@link DiscomfortError} `WORKFLOW_NOT_FOUND`, `WORKFLOW_INVALID`, `WORKFLOW_NODES_MISSING`, `ABORTED`; with
   * the page also `PACKAGE_MISSING`, `BROWSER_NOT_FOUND`, `BROWSER_FAILED`, `SERVER_UNREACHABLE`, `TIMEOUT`
   * @example
   * const prompt = await connector.getPromptFromWorkflow('scene.json', { via: 'frontend' })
   * await connector.runWorkflow(prompt)
   */
  async getPromptFromWorkflow(
    workflow: string | URL | Uint8Array | object,
    options: PromptOptions = {},
  ): Promise<Prompt> {
    const { via, signal, timeout } = readPromptOptions(options)
    const source = await readWorkflow(workflow, { signal })
    if (source.kind === 'prompt') return source.prompt
    if (via === 'frontend') {
      await this.ready({ signal })
      return this.#frontend.convert(source.workflow, { source: source.name, signal, timeout })
    }
    return workflowToPrompt(source.workflow, await this.nodeDefinitions()).prompt
  }

  /**
   * Runs a workflow or prompt as it is and gives the server's own history entry of it.
   * @throws {@link DiscomfortError} `PROMPT_REJECTED`, `NODE_FAILED`, `OUT_OF_MEMORY`, `SERVER_CRASHED`, `ABORTED`
   */
  async runWorkflow(
    workflow: string | URL | Uint8Array | object,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<HistoryEntry> {
    this.#assertOpen()
    const prompt = await this.getPromptFromWorkflow(workflow)
    const promptId = randomUUID()
    const end = await this.runJob({ promptId, prompt, note: this.handshake && plainNote, signal: options.signal })
    if (end.kind !== 'success') throw jobFailure(end, prompt, promptId)
    // The server writes history a moment after it tells the success. Where somebody clears it, the socket has told enough.
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const entry = await readHistory(this.http, promptId)
      if (entry) return entry
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return {
      outputs: Object.fromEntries(end.outputs),
      status: { status_str: 'success', completed: true, messages: [] },
    }
  }

  /**
   * Resolves when the server takes jobs: at once as a rule, after a crash when it is there again. With `doubt`, because it
   * did not answer, it is asked until it does, for a minute.
   * @throws {@link DiscomfortError} `SERVER_CRASHED` where it is not started again, `SERVER_UNREACHABLE`, `CLOSED`
   */
  async ready(options: { signal?: AbortSignal | undefined; doubt?: boolean | undefined } = {}): Promise<void> {
    this.#assertOpen()
    await this.#hold.ready(options)
  }

  /** @internal Runs one job to its end; on our own servers its history entry is dropped by a later submit. */
  async runJob(job: Job): Promise<JobEnd> {
    await this.ready({ signal: job.signal })
    if (job.onLog) {
      await this.#jobs.socket.open().catch(() => undefined)
      await this.#logs.wanted()
    }
    const note = job.note && this.#hold.folder ? { ...job.note, forget: this.#takeForgettable() } : job.note
    this.#tellState('busy')
    try {
      const end = await runJob(this.#jobs, { ...job, note })
      if (note && this.#hold.folder) this.#forgettable.push(job.promptId)
      if (end.kind === 'success') this.#hold.proved()
      return end
    } catch (error) {
      throw await this.#hold.explain(error)
    } finally {
      this.#tellState()
    }
  }

  /**
   * Brings a file to where ComfyUI's nodes find it.
   * @throws {@link DiscomfortError} `VALUE_NOT_FOUND` for a missing file, `CONFIG_INVALID` for what this server cannot do
   */
  async uploadData(path: string, options: UploadOptions = {}): Promise<UploadedFile> {
    this.#assertOpen()
    const file = await this.#uploads.upload(path, options)
    this.#definitions = undefined
    return file
  }

  /**
   * How the server's cache of loaded models is used. Undefined where the server has no pack, or an older one.
   *
   * @example
   * const cache = await connector.getModelCache() // { limit: 8, loaders: 2, entries: 3, hits: 41, stores: 3 }
   */
  getModelCache(): Promise<ModelCache | undefined> {
    this.#assertOpen()
    return readModelCache(this.http)
  }

  /**
   * What ComfyUI prints from now on, line by line, until the loop is left or the connector closes. It stands in
   * {@link ComfyConnector.logFile}, too, where the server is ours. Of a reader that is slow the newest 10,000 lines wait.
   *
   * @example
   * for await (const { level, text } of connector.logs()) if (level === 'error') console.error(text)
   */
  async *logs(): AsyncGenerator<LogLine> {
    await this.ready()
    await this.#jobs.socket.open()
    yield* followLog(this.#jobs.socket, () => this.#logs.wanted(), this.#closing.signal)
  }

  /** Cancels one job, queued or running, and no other. */
  async interrupt(promptId: string): Promise<void> {
    this.#assertOpen()
    await cancelJob(this.#jobs, promptId)
  }

  /** @internal Where a file that a node saved lies on this machine; undefined where we do not know the server's folders. */
  localPath(file: { filename: string; subfolder: string; folderType: string }): string | undefined {
    const { folder } = this.#hold
    if (!folder || !(['input', 'output', 'temp'] as string[]).includes(file.folderType)) return undefined
    return join(folder(file.folderType as 'input'), file.subfolder, file.filename)
  }

  /** Ends our jobs, closes the socket, and stops the server if we started it. Never throws; safe to call twice. */
  shutdown(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** The name that {@link shutdown} had in the original Discomfort. */
  killApi(): Promise<void> {
    return this.shutdown()
  }

  /** The same as {@link ComfyConnector.shutdown}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }

  async #stop(): Promise<void> {
    const closed = new DiscomfortError('CLOSED', 'The connector was shut down while this ran.', {
      details: { what: 'connector' },
    })
    this.#closing.abort()
    for (const watch of this.#jobs.watches) watch.fail(closed)
    this.#jobs.socket.close()
    const stopping = this.#hold.stop()
    await this.#frontend.close(closed)
    await stopping.catch(() => undefined)
    await this.#uploads.removeEphemeral()
    this.#tellState()
  }

  #onDown(error: DiscomfortError): void {
    for (const watch of this.#jobs.watches) watch.fail(error)
    const gone = this.#frontend
    this.#frontend = createFrontend(this.http)
    void gone.close(error)
    this.#tellState()
  }

  /** Another process knows nothing of the one before, and may have other nodes. */
  #onUp(): void {
    this.#definitions = undefined
    this.#forgettable = []
    this.#jobs.hasJobRoutes = this.handshake !== undefined
    this.#tellState()
  }

  #tellState(state = this.state): void {
    if (state === this.#told) return
    this.#told = state
    log.info?.({ server: this.http.base, state, pid: this.pid }, 'server')
    for (const listener of this.#stateListeners) listener(state)
  }

  #takeForgettable(): string[] {
    const taken = this.#forgettable
    this.#forgettable = []
    return taken
  }

  #assertOpen(): void {
    if (this.#stopping) throw closed()
  }
}

/** A prompt without ports reads and writes no values. */
const plainNote: SubmitNote = { v: 1, context: 'connector', reads: [], digests: {}, ram: 0, forget: [] }
