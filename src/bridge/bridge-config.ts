import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { DiscomfortError } from '../errors.ts'
import { checkKeys } from '../schema/check-keys.ts'

/** The name of the file in ComfyUI's user folder. The page cannot write there, so a workflow cannot change it. */
const fileName = 'discomfort.bridge.json'
/** Where a nested server has it from, since its own user folder is empty. A relative path begins at that folder. */
const variable = 'DISCOMFORT_BRIDGE_CONFIG'

const configSchema = z.strictObject({
  /** Which scripts may run: none, files in `scriptFolders`, or also texts that stand in a workflow. */
  scripts: z.enum(['off', 'files', 'all']).default('off'),
  /** Relative ones begin at the folder of this file. */
  scriptFolders: z.array(z.string().min(1)).default(['scripts']),
  /** More arguments of the nested ComfyUI. */
  args: z.array(z.string()).default([]),
  /** How many models the nested server keeps loaded between runs. */
  keepModels: z.int().min(0).optional(),
})

/** What the bridge's config file says, its folders absolute. */
export type BridgeConfig = Readonly<z.infer<typeof configSchema>> & { readonly file: string }

/**
 * Reads the config of the bridge; without a file scripts are off. It is read at each use, so a change holds at once.
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export async function readBridgeConfig(user: string, env: NodeJS.ProcessEnv = process.env): Promise<BridgeConfig> {
  const file = resolve(user, env[variable] || fileName)
  const given = await readFile(file, 'utf8').then(
    (text) => parse(text, file),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return {}
      throw invalid(file, 'it cannot be read')
    },
  )
  checkKeys(given, Object.keys(configSchema.shape), file)
  const parsed = configSchema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(file, `${issue?.path.join('.') ?? ''} does not fit: ${issue?.message}`)
  }
  const scriptFolders = parsed.data.scriptFolders.map((folder) => resolve(dirname(file), folder))
  return { ...parsed.data, scriptFolders, file }
}

/** What a nested server needs in its environment to find the same config. */
export function configEnvironment(config: BridgeConfig): Record<string, string> {
  return { [variable]: config.file }
}

function parse(text: string, file: string): object {
  try {
    const given: unknown = JSON.parse(text)
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
  } catch {
    throw invalid(file, 'it is no JSON')
  }
  throw invalid(file, 'it must hold one JSON object')
}

function invalid(file: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  const message = `The config file of the bridge, ${file}, is not usable: ${reason}.`
  return new DiscomfortError('CONFIG_INVALID', message, { details: { reason, key: file } })
}
