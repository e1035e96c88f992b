import { resolveOptions } from '../config/resolve-options.ts'
import type { CreateOptions } from '../schema/create-options.ts'
import type { ManagedServerOptions } from '../server/launch/managed-server.ts'
import { provideComfyUI } from '../server/install/provide-comfyui.ts'
import { parseCount } from './parse-count.ts'
import { parseDuration } from './parse-duration.ts'
import { usageError } from './usage-error.ts'

/** How a server is started, as commander reads it. */
export interface UpFlags {
  readonly comfyui?: string
  readonly python?: string
  readonly arg?: string[]
  readonly customNodes?: string[]
  readonly port?: string
  readonly output?: string
  readonly env?: string[]
  readonly keepModels?: string
  readonly startTimeout?: string
  readonly json?: true
}

/** The same for the library, with what the environment and the config file say where nothing was given. */
export async function resolveUp(flags: UpFlags, signal: AbortSignal): Promise<ManagedServerOptions> {
  const { args, comfyui, customNodes, env, keepModels, output, port, python, startTimeout } = await resolveOptions(
    readFlags(flags),
  )
  const installation = await provideComfyUI({ comfyui, python, signal, env: { ...process.env, ...env } })
  return { installation, args, customNodes, env, keepModels, output, port, startTimeout, signal }
}

function readFlags(flags: UpFlags): CreateOptions {
  const { comfyui, python, arg, customNodes, port, output, env, keepModels, startTimeout } = flags
  const given = {
    comfyui,
    python,
    args: arg,
    customNodes: customNodes && readCustomNodes(customNodes),
    port: port === undefined ? undefined : parseCount('--port', port),
    output,
    env: env && Object.fromEntries(env.map(readVariable)),
    keepModels: keepModels === undefined ? undefined : keepModels === '0' ? 0 : parseCount('--keep-models', keepModels),
    startTimeout: startTimeout === undefined ? undefined : parseDuration('--start-timeout', startTimeout),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as CreateOptions
}

function readCustomNodes(given: readonly string[]): CreateOptions['customNodes'] {
  const [only] = given
  if (given.length === 1 && (only === 'all' || only === 'none')) return only
  return given
}

function readVariable(given: string): [string, string] {
  const at = given.indexOf('=')
  if (at < 1) throw usageError('--env', `--env ${given} names no value. Write NAME=value.`)
  return [given.slice(0, at), given.slice(at + 1)]
}
