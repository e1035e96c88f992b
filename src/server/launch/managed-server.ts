import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import type { Handshake } from '../../schema/handshake.ts'
import { freePort, portIsTaken } from './free-port.ts'
import { readHandshake } from '../handshake.ts'
import { discomfortHome } from '../../home.ts'
import { createHttp, type Http } from '../http.ts'
import { makeOwnFolder, sweepOwnFolders } from './own-folder.ts'
import type { Installation } from '../install/installation.ts'
import { extraModelPaths, launchArguments, type CustomNodes } from './launch-arguments.ts'
import { logTail, portHint, startHint } from './log-tail.ts'
import { startProcessGroup, type ProcessGroup } from './process-group.ts'

export interface ManagedServerOptions {
  readonly installation: Installation
  readonly args?: readonly string[] | undefined
  readonly customNodes?: CustomNodes | undefined
  readonly port?: number | undefined
  readonly output?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly keepModels?: number | undefined
  readonly startTimeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A ComfyUI process of ours that answers. */
export interface ManagedServer {
  readonly http: Http
  readonly handshake: Handshake
  readonly process: ProcessGroup
  readonly logFile: string
  /** Its user folder, temp folder and database. */
  readonly ownFolder: string
  /** Stops it in its own way, then by force; its own folder goes with it, its log stays. */
  stop(): Promise<void>
}

/** Custom nodes of other people may take minutes to load. */
const defaultStartTimeout = 300_000
const pollEvery = 40

/**
 * Starts ComfyUI and resolves as soon as the pack answers with this launch's nonce. Fails at once when the process ends.
 * A port that somebody else took in between is another port's turn.
 *
 * @throws {@link DiscomfortError} `SERVER_START_FAILED` with the log's last lines and, for known causes, what to do.
 */
export async function startManagedServer(options: ManagedServerOptions): Promise<ManagedServer> {
  if (options.port !== undefined && (await portIsTaken(options.port))) {
    throw new DiscomfortError(
      'SERVER_START_FAILED',
      `ComfyUI cannot be started on port ${options.port}: somebody listens there already. Choose another port, leave it out, or attach with server: 'http://127.0.0.1:${options.port}'.`,
      {
        details: { reason: `port ${options.port} is taken`, logTail: [], hint: 'choose another port, or none' },
      },
    )
  }
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce(options, options.port ?? (await freePort()))
    if (started) return started
    if (attempt === 5 || options.port !== undefined)
      throw failure('its port was taken by another server while it started', [])
  }
}

/** One launch. Undefined where another server has the port. */
async function startOnce(options: ManagedServerOptions, port: number): Promise<ManagedServer | undefined> {
  const nonce = randomUUID()
  const home = discomfortHome()
  const servers = join(home, 'servers')
  const logFile = join(home, 'logs', `comfyui-${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${port}.log`)
  const [ownFolder] = await Promise.all([
    makeOwnFolder(servers, nonce, logFile),
    mkdir(join(home, 'logs'), { recursive: true }),
  ])
  await writeFile(join(ownFolder, 'discomfort.yaml'), extraModelPaths())
  const settings = {
    port,
    ownFolder,
    customNodes: options.customNodes ?? 'all',
    output: options.output,
    args: options.args ?? [],
    keepModels: options.keepModels,
  }
  const env = {
    ...process.env,
    ...options.env,
    ...(options.keepModels === undefined ? {} : { DISCOMFORT_KEEP_MODELS: String(options.keepModels) }),
    DISCOMFORT_NONCE: nonce,
    DISCOMFORT_WATCH_STDIN: '1',
    PYTHONUNBUFFERED: '1',
  }
  const removeFolder = () => rm(ownFolder, { recursive: true, force: true, maxRetries: 3 })
  const args = launchArguments(options.installation, settings)
  const group = await spawnServer(options.installation, args, env, logFile).catch(async (error: unknown) => {
    await removeFolder()
    throw error
  })
  const stop = async () => {
    await stopGroup(group)
    await removeFolder()
  }
  // A server that is not ready has nothing to lose, and does not listen while it loads.
  const giveUp = async () => {
    group.kill()
    await stop()
  }
  try {
    // With it in its environment the server wants the token, from us too.
    const token = options.env?.['DISCOMFORT_TOKEN'] ?? process.env['DISCOMFORT_TOKEN']
    const http = createHttp(`http://127.0.0.1:${port}`, { token })
    const handshake = await untilReady(http, group, logFile, options)
    if (handshake?.nonce === nonce) {
      void pruneLogs(join(home, 'logs'))
      void sweepOwnFolders(servers)
      return { http, handshake, process: group, logFile, ownFolder, stop }
    }
  } catch (error) {
    await giveUp()
    throw error
  }
  await giveUp()
  return undefined
}

async function spawnServer(
  installation: Installation,
  args: string[],
  env: NodeJS.ProcessEnv,
  logFile: string,
): Promise<ProcessGroup> {
  try {
    return await startProcessGroup(installation.python, args, { env, logFile })
  } catch (cause) {
    throw failure(
      `the Python ${installation.python} cannot be run (${(cause as NodeJS.ErrnoException).code ?? cause})`,
      [],
      { cause, hint: 'name the Python of this ComfyUI with the option python or DISCOMFORT_PYTHON' },
    )
  }
}

/** The first answer. Undefined where ComfyUI ended because somebody has the port that we chose. */
async function untilReady(
  http: Http,
  group: ProcessGroup,
  logFile: string,
  options: ManagedServerOptions,
): Promise<Handshake | undefined> {
  const limit = options.startTimeout ?? defaultStartTimeout
  const deadline = Date.now() + limit
  for (;;) {
    options.signal?.throwIfAborted()
    if (group.exit) {
      const tail = await logTail(logFile)
      if (options.port === undefined && startHint(tail) === portHint) return undefined
      const how = group.exit.signal ? `by ${group.exit.signal}` : `with exit code ${group.exit.code}`
      throw failure(`it ended ${how} before it answered`, tail, { exitCode: group.exit.code ?? undefined, logFile })
    }
    // A server that takes connections and does not answer must not outlast the time and the signal.
    const patience = AbortSignal.timeout(Math.max(1, Math.min(5000, deadline - Date.now())))
    const signal = options.signal ? AbortSignal.any([options.signal, patience]) : patience
    const answer = await readHandshake(http, signal).catch((error: unknown) => {
      if (isDiscomfortError(error, 'SERVER_UNREACHABLE') || error === patience.reason) return 'silent' as const
      throw error
    })
    if (answer === undefined)
      throw failure('it runs, but the Discomfort pack did not load', await logTail(logFile, 60), { logFile })
    if (answer !== 'silent') return answer
    if (Date.now() > deadline)
      throw failure(`it did not answer within ${limit} ms`, await logTail(logFile), {
        logFile,
        hint: 'raise startTimeout, or load fewer custom nodes with customNodes',
      })
    await Promise.race([sleep(pollEvery), group.exited])
  }
}

/** Closing the pipe lets launch.py interrupt ComfyUI; what has not ended after five seconds is killed. */
async function stopGroup(group: ProcessGroup): Promise<void> {
  group.requestStop()
  const limit = new AbortController()
  void sleep(5000, undefined, { signal: limit.signal }).then(
    () => group.kill(),
    () => undefined,
  )
  await group.exited
  // A timer that is left would keep the script from ending.
  limit.abort()
}

async function pruneLogs(folder: string, keep = 20): Promise<void> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('comfyui-')).sort()
  await Promise.all(files.slice(0, -keep).map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)))
}

function failure(
  reason: string,
  tail: string[],
  more: { exitCode?: number | undefined; logFile?: string; hint?: string; cause?: unknown } = {},
): DiscomfortError<'SERVER_START_FAILED'> {
  const hint = more.hint ?? startHint(tail)
  const lines = [`ComfyUI could not be started: ${reason}.`]
  if (hint) lines.push(`Most likely ${hint}.`)
  if (tail.length > 0) lines.push('The last lines of its log:', ...tail.slice(-12).map((line) => `  ${line}`))
  if (more.logFile) lines.push(`The whole log: ${more.logFile}`)
  return new DiscomfortError('SERVER_START_FAILED', lines.join('\n'), {
    details: {
      reason,
      logTail: tail,
      ...(more.exitCode === undefined ? {} : { exitCode: more.exitCode }),
      ...(more.logFile ? { logFile: more.logFile } : {}),
      ...(hint ? { hint } : {}),
    },
    cause: more.cause,
  })
}
