import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { findCustomNodes } from './find-custom-nodes.ts'
import { notOurs, notWritten } from './install-pack.ts'
import { lookAtPack, type InstalledPack } from './look-at-pack.ts'
import { besidePlace, removeAny } from './put-in-place.ts'

/**
 * Takes the node pack out of custom_nodes of a ComfyUI, as `installPack` put it there, and tells what was there.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND`; `EXPORT_EXISTS` where what is there is not ours;
 * `INSTALL_FAILED` where it cannot be removed.
 */
export async function removePack(folder: string): Promise<{ readonly path: string; readonly before: InstalledPack }> {
  const path = join(await findCustomNodes(folder), 'discomfort')
  const before = await lookAtPack(path)
  if (before.kind === 'other') throw notOurs(path, before.what)
  if (before.kind === 'none') return { path, before }
  try {
    // At once: a ComfyUI that starts meanwhile finds all of it or nothing.
    const aside = besidePlace(path)
    await rename(path, aside)
    await removeAny(aside)
  } catch (cause) {
    throw notWritten(path, 'removed', cause as Error)
  }
  return { path, before }
}
