import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { StayingRecord } from '../../schema/staying-server.ts'
import type { ManagedServerOptions } from '../launch/managed-server.ts'

/** Which server a configuration means. */
export type ServerIdentity = Pick<StayingRecord, 'key' | 'likeness' | 'configuration'>

/** What of the environment makes another server, beside what the option `env` sets. */
const telling = [
  'CUDA_VISIBLE_DEVICES',
  'HIP_VISIBLE_DEVICES',
  'ROCR_VISIBLE_DEVICES',
  'DISCOMFORT_KEEP_MODELS',
  'DISCOMFORT_MAX_VALUE_GB',
  'DISCOMFORT_STORE',
  'DISCOMFORT_TOKEN',
]

/** The same for configurations that make the same server. Values of variables go into the hashes alone. */
export function identifyServer(options: ManagedServerOptions): ServerIdentity {
  const { installation, args = [], customNodes = 'all', port, output, keepModels } = options
  const nodes = typeof customNodes === 'string' ? customNodes : [...customNodes].sort()
  const shared = {
    comfyui: resolve(installation.folder),
    python: installation.python,
    args: [...args],
    customNodes: nodes,
    ...(output === undefined ? {} : { output: resolve(output) }),
    ...(keepModels === undefined ? {} : { keepModels }),
  }
  const env = variables(options.env)
  const likeness = hash([shared, installation.base ?? null, env])
  return {
    key: hash([likeness, port ?? null]),
    likeness,
    configuration: {
      ...shared,
      ...(port === undefined ? {} : { port }),
      env: Object.keys(options.env ?? {}).sort(),
    },
  }
}

function variables(own: ManagedServerOptions['env'] = {}): [string, string][] {
  const told = telling.flatMap((name): [string, string][] => (process.env[name] ? [[name, process.env[name]]] : []))
  return Object.entries({ ...Object.fromEntries(told), ...own }).sort(([one], [other]) => (one < other ? -1 : 1))
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}
