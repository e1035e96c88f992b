import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Installation } from '../install/installation.ts'
import { packFolder } from '../install/pack/pack-folder.ts'
import { keepingArguments } from './keeping-arguments.ts'

/** The folder that ComfyUI is pointed at to find the pack: it loads all that lie in there. */
const packParent = dirname(packFolder)

/** Which custom nodes of the installation are loaded beside the pack. */
export type CustomNodes = 'all' | 'none' | readonly string[]

export interface LaunchSettings {
  readonly port: number
  /** A folder of this server alone: database, user and temp folder. */
  readonly ownFolder: string
  readonly customNodes: CustomNodes
  /** The folder of saved files. Default: ComfyUI's own. */
  readonly output?: string | undefined
  readonly args: readonly string[]
  /** How many models stay loaded between runs. */
  readonly keepModels?: number | undefined
}

/** The file that tells ComfyUI where the pack is. It is the only way in: nothing is written into the installation. */
export function extraModelPaths(): string {
  return `discomfort:\n  custom_nodes: ${JSON.stringify(packParent)}\n`
}

/** The command line of a managed server: launch.py of the pack, main.py, and ComfyUI's own arguments. */
export function launchArguments(installation: Installation, settings: LaunchSettings): string[] {
  const { ownFolder, customNodes } = settings
  const args = ['--listen', '127.0.0.1', '--port', String(settings.port), '--disable-auto-launch']
  if (installation.base) args.push('--base-directory', installation.base)
  args.push('--user-directory', join(ownFolder, 'user'), '--temp-directory', ownFolder)
  args.push('--database-url', `sqlite:///${join(ownFolder, 'comfyui.db')}`)
  args.push('--extra-model-paths-config', join(ownFolder, 'discomfort.yaml'))
  // ComfyUI runs in its own folder, and a path is meant from ours.
  if (settings.output) args.push('--output-directory', resolve(settings.output))
  if (customNodes === 'none') args.push('--disable-all-custom-nodes', '--whitelist-custom-nodes', 'discomfort')
  else if (customNodes !== 'all')
    args.push('--disable-all-custom-nodes', '--whitelist-custom-nodes', 'discomfort', ...customNodes)
  if (needsCpu(installation, settings.args)) args.push('--cpu')
  args.push(...keepingArguments(installation, settings))
  return [join(packFolder, 'launch.py'), join(installation.folder, 'main.py'), ...args, ...settings.args]
}

/** ComfyUI stops at once where its PyTorch is made for a GPU and there is none, so a machine without one needs `--cpu`. */
function needsCpu(installation: Installation, args: readonly string[]): boolean {
  if (args.some((arg) => ['--cpu', '--directml', '--cuda-device'].includes(arg)) || process.platform === 'darwin')
    return false
  if (process.platform === 'win32') return installation.kind === 'managed'
  const devices =
    installation.kind === 'managed'
      ? ['/dev/nvidiactl', '/dev/dxg']
      : ['/dev/nvidiactl', '/dev/dxg', '/dev/kfd', '/dev/dri']
  return !devices.some((device) => existsSync(device))
}
