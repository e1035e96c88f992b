import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import type { RunScript } from '../../schema/bridge.ts'
import type { BridgeConfig } from '../bridge-config.ts'
import { scriptError } from './script-failed.ts'

/**
 * The script that may run, its path real and absolute. Workflows come from anywhere, so scripts are off until the owner
 * of the machine allows them, and files count by where they really lie.
 * @throws {@link DiscomfortError} `SCRIPTS_DISABLED`, `SCRIPT_FAILED` where there is no such file
 */
export async function allowScript(script: RunScript['script'], config: BridgeConfig): Promise<RunScript['script']> {
  const name = 'path' in script ? `The script ${script.path}` : 'The script in the node'
  if (config.scripts === 'off')
    throw refused(name, config, 'scripts are off', 'Set "scripts" to "files" (or "all", for texts in nodes too)')
  if ('text' in script) {
    if (config.scripts === 'all') return script
    throw refused(name, config, 'only files may run', 'Save the text as a file, or set "scripts" to "all"')
  }
  const folders = await Promise.all(config.scriptFolders.map((folder) => realpath(folder).catch(() => undefined)))
  const path = await find(script.path, config)
  const inside = folders.some((folder) => folder !== undefined && isInside(path, folder))
  if (inside) return { path }
  const places = config.scriptFolders.join(', ')
  throw refused(
    name,
    config,
    `it lies in none of the folders of scripts (${places})`,
    'Move it there, or name its folder in "scriptFolders"',
  )
}

/** A relative path is looked for in the folders of scripts. */
async function find(name: string, { scriptFolders }: BridgeConfig): Promise<string> {
  const places = isAbsolute(name) ? [name] : scriptFolders.map((folder) => resolve(folder, name))
  for (const place of places) {
    const path = await realpath(place).catch(() => undefined)
    if (path !== undefined) return path
  }
  throw scriptError(name, 'cannot run', `there is no such file: ${places.join(', ')}`)
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !isAbsolute(way) && way.split(/[\\/]/)[0] !== '..'
}

function refused(
  script: string,
  { file }: BridgeConfig,
  reason: string,
  cure: string,
): DiscomfortError<'SCRIPTS_DISABLED'> {
  const message = `${script} may not run: ${reason}. ${cure} in ${file}.`
  return new DiscomfortError('SCRIPTS_DISABLED', message, { details: { script, reason, config: file } })
}
