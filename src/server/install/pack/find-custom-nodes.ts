import { access } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DiscomfortError } from '../../../errors.ts'

/**
 * The custom_nodes of a ComfyUI. It may be named by the folder that holds main.py, by the one above it (the portable
 * build), by the base folder of the desktop build, or by the custom_nodes folder itself.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND` where the folder is none of these.
 */
export async function findCustomNodes(named: string): Promise<string> {
  const folder = resolve(named)
  const places = basename(folder) === 'custom_nodes' ? [dirname(folder)] : [folder, join(folder, 'ComfyUI')]
  for (const place of places) if (await isComfyUI(place)) return join(place, 'custom_nodes')
  const reason = (await exists(folder))
    ? 'neither main.py beside a folder comfy, nor models beside custom_nodes, is there'
    : 'there is no such folder'
  throw new DiscomfortError(
    'COMFYUI_NOT_FOUND',
    `${folder} is not the folder of a ComfyUI: ${reason}. Name the one that holds main.py, the one above it, or its custom_nodes.`,
    { details: { searched: places, reason } },
  )
}

/** A base folder has no main.py: the desktop build keeps the program elsewhere. */
async function isComfyUI(folder: string): Promise<boolean> {
  const hasAll = async (...names: string[]) =>
    (await Promise.all(names.map((name) => exists(join(folder, name))))).every(Boolean)
  return (await hasAll('main.py', 'comfy')) || hasAll('custom_nodes', 'models')
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
