import { DiscomfortError } from '../errors.ts'
import { readConfig } from '../files/read-config.ts'
import { assertLogLevel } from '../log.ts'
import { hideSecret } from '../log/secrets.ts'
import { checkKeys } from '../schema/check-keys.ts'
import { createOptionsSchema, type CreateOptions } from '../schema/create-options.ts'
import { parseHeaders } from '../schema/parse-headers.ts'

/** Options that environment variables can give. */
const variables = {
  server: 'DISCOMFORT_SERVER',
  token: 'DISCOMFORT_TOKEN',
  ca: 'DISCOMFORT_CA',
  proxy: 'DISCOMFORT_PROXY',
  apiKey: 'DISCOMFORT_API_KEY',
  comfyui: 'DISCOMFORT_COMFYUI',
  python: 'DISCOMFORT_PYTHON',
} as const satisfies Partial<Record<keyof CreateOptions, string>>

/** Where an option is not plain data: how long we wait, and which file holds the defaults, if any. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly config?: string | false | undefined
}

/**
 * The options that hold: those of the call, else of the environment, else of the config file. A `server` or `comfyui` of
 * the call puts the other one of lower rank out of force.
 *
 * @throws {@link DiscomfortError} `CONFIG_INVALID` that names the option and where it stands
 */
export async function resolveOptions(
  given: CreateOptions & CallOptions,
  env = process.env,
): Promise<CreateOptions & { signal?: AbortSignal }> {
  assertLogLevel(env['DISCOMFORT_LOG'])
  const { signal, config, ...call } = given
  const { $schema: _schema, ...file } = await readConfig(config)
  const layers = [
    check(file, 'The config file'),
    check(fromEnvironment(env), 'The environment'),
    check(defined(call), 'Discomfort.create'),
  ]
  const merged: CreateOptions = {}
  for (const layer of layers) {
    if (layer.comfyui !== undefined && layer.server === undefined) delete merged.server
    Object.assign(merged, layer)
  }
  hideSecret(merged.apiKey)
  hideSecret(merged.token)
  return signal ? { ...merged, signal } : merged
}

function fromEnvironment(env: NodeJS.ProcessEnv): object {
  const texts = Object.entries(variables).map(([name, variable]) => [name, env[variable] || undefined])
  return defined({ ...Object.fromEntries(texts), headers: parseHeaders(env['DISCOMFORT_HEADERS']) })
}

function defined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function check(options: object, where: string): CreateOptions {
  checkKeys(options, [...Object.keys(createOptionsSchema.shape), 'signal', 'config'], where)
  const parsed = createOptionsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const key = issue?.path.join('.') ?? ''
  throw new DiscomfortError('CONFIG_INVALID', `${where} has an option "${key}" that does not fit: ${issue?.message}.`, {
    details: { key, reason: issue?.message ?? '' },
  })
}
