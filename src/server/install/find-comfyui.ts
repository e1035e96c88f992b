import { access, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import { discomfortHome } from '../../home.ts'
import { managedInstallation } from './install.ts'
import type { Installation } from './installation.ts'

export interface FindOptions {
  /** The folder of a ComfyUI (with main.py), or the folder above it. */
  readonly comfyui?: string | undefined
  /** The Python that runs it. */
  readonly python?: string | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
}

/**
 * The ComfyUI to start: the one named, else `DISCOMFORT_COMFYUI`, else one in a known place
 * (./ComfyUI, comfy-cli, the portable and the desktop build, ~/ComfyUI), else the managed one.
 * Undefined where there is none; a named one that is no ComfyUI is an error.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND` for a named folder without main.py or without a Python.
 */
export async function findComfyUI(options: FindOptions = {}): Promise<Installation | undefined> {
  const env = options.env ?? process.env
  const named = options.comfyui ?? env['DISCOMFORT_COMFYUI']
  const python = options.python ?? env['DISCOMFORT_PYTHON']
  if (named) return namedInstallation(resolve(named), python)
  for (const place of await knownPlaces()) {
    const found = await inspect(place, python)
    if (typeof found !== 'string') return found
  }
  return managedInstallation(discomfortHome(env))
}

/** The folders in which a ComfyUI is looked for, best first. */
export async function knownPlaces(): Promise<string[]> {
  const home = homedir()
  const places = [resolve('ComfyUI'), join(home, 'comfy', 'ComfyUI'), join(home, 'ComfyUI')]
  const desktop = await desktopBase()
  if (desktop) places.push(desktop)
  if (process.platform === 'win32') places.push('C:\\ComfyUI_windows_portable\\ComfyUI')
  return places
}

async function namedInstallation(folder: string, python: string | undefined): Promise<Installation> {
  const searched = [folder, join(folder, 'ComfyUI')]
  const reasons: string[] = []
  for (const place of searched) {
    const found = await inspect(place, python)
    if (typeof found !== 'string') return found
    reasons.push(found)
  }
  const reason = reasons.find((text) => !text.includes('main.py')) ?? reasons[0] ?? ''
  throw new DiscomfortError(
    'COMFYUI_NOT_FOUND',
    `${folder} cannot be started as a ComfyUI: ${reason}. Name the folder that holds main.py, and its Python with the option python or DISCOMFORT_PYTHON.`,
    {
      details: { searched, reason },
    },
  )
}

/** The installation in a folder, or why there is none. */
async function inspect(folder: string, python: string | undefined): Promise<Installation | string> {
  if (!(await exists(join(folder, 'main.py'))) || !(await exists(join(folder, 'comfy'))))
    return 'there is no main.py beside a folder comfy'
  if (python) return { kind: 'user', folder, python }
  for (const candidate of pythonsOf(folder))
    if (await exists(candidate)) return { kind: 'user', folder, python: candidate }
  return 'no virtual environment was found beside it'
}

function pythonsOf(folder: string): string[] {
  const roots = [folder, dirname(folder)]
  const names = ['.venv', 'venv', 'env']
  const inside = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']
  const found = roots.flatMap((root) => names.map((name) => join(root, name, ...inside)))
  if (process.platform === 'win32') found.unshift(join(dirname(folder), 'python_embeded', 'python.exe'))
  return found
}

/** The desktop build notes its folder in a config file of its own. */
async function desktopBase(): Promise<string | undefined> {
  const home = homedir()
  const file =
    process.platform === 'darwin'
      ? join(home, 'Library', 'Application Support', 'ComfyUI', 'config.json')
      : process.platform === 'win32'
        ? join(process.env['APPDATA'] ?? home, 'ComfyUI', 'config.json')
        : undefined
  if (!file) return undefined
  try {
    const config = JSON.parse(await readFile(file, 'utf8')) as { basePath?: unknown }
    return typeof config.basePath === 'string' ? config.basePath : undefined
  } catch {
    return undefined
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
