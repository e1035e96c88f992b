import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiscomfortError } from '../../errors.ts'
import type { Handshake } from '../../schema/handshake.ts'
import { freePort, portIsTaken } from './free-port.ts'
import { discomfortHome } from '../../home.ts'
import { createHttp, type Http } from '../http/http.ts'
import { makeOwnFolder, sweepOwnFolders } from './own-folder.ts'
import type { Installation } from '../install/installation.ts'
import { extraModelPaths, launchArguments, type CustomNodes } from './launch-arguments.ts'
import { pruneLogs } from './old-logs.ts'
import { startProcessGroup, type ProcessGroup } from './process-group.ts'
import { portHint } from './start-hint.ts'
import { startFailure } from './start-failure.ts'
import { untilReady } from './until-ready.ts'

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
  /** @internal Called for each process that is started, before it is waited for. */
  readonly onLaunch?: ((launch: Launch) => Promise<void>) | undefined
}

/** A process that is to become a server. */
export interface Launch {
  readonly pid: number
  readonly port: number
  readonly nonce: string
  readonly logFile: string
  readonly ownFolder: string
}

/** A ComfyUI process of ours that answers. */
export interface ManagedServer {
  readonly http: Http
  readonly handshake: Handshake
  readonly process: ProcessGroup
  readonly logFile: string
  /** Its user folder, temp folder and database. */
  readonly ownFolder: string
  /** It is one of `discomfort up`, whoever started it: {@link stop} lets it be. */
  readonly stays?: true
  /** Stops it in its own way, then by force; its own folder goes with it, its log stays. */
  stop(): Promise<void>
}

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
      throw startFailure('its port was taken by another server while it started', [], { hint: portHint })
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
    DISCOMFORT_LOG_FILE: logFile,
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
    await options.onLaunch?.({ pid: group.pid, port, nonce, logFile, ownFolder })
    const handshake = await untilReady({ http, group, port, nonce, logFile }, options)
    if (handshake) {
      void pruneLogs(join(home, 'logs'), servers)
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
    throw startFailure(
      `the Python ${installation.python} cannot be run (${(cause as NodeJS.ErrnoException).code ?? cause})`,
      [],
      { cause, hint: 'name the Python of this ComfyUI with the option python or DISCOMFORT_PYTHON' },
    )
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
