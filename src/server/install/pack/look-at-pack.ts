import { access, lstat, readFile, readlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** What lies where the pack goes. */
export type InstalledPack =
  | { readonly kind: 'none' }
  /** A link to a pack, perhaps to one that is gone. */
  | { readonly kind: 'link'; readonly target: string }
  /** A folder that `discomfort nodes install --copy` made. */
  | { readonly kind: 'copy' }
  /** Something that nobody but its owner may touch, in words. */
  | { readonly kind: 'other'; readonly what: string }

/** What a copy is known by; it tells the nodes where Node and the package are. */
export const bridgeFile = 'bridge.json'

/** Says what lies in a place, so that nothing of somebody else is ever replaced or removed. */
export async function lookAtPack(place: string): Promise<InstalledPack> {
  const found = await lstat(place).catch(absent)
  if (!found) return { kind: 'none' }
  if (found.isSymbolicLink()) {
    const target = resolve(dirname(place), await readlink(place))
    return (await isPackOrGone(target)) ? { kind: 'link', target } : { kind: 'other', what: `a link to ${target}` }
  }
  if (!found.isDirectory()) return { kind: 'other', what: 'a file' }
  if (await isPack(place))
    return (await exists(join(place, bridgeFile)))
      ? { kind: 'copy' }
      : { kind: 'other', what: 'a copy of the pack that was put there in another way' }
  if (await isPack(join(place, 'comfy-nodes', 'discomfort')))
    return { kind: 'other', what: 'a clone of the repository; it is updated by `git pull && npm ci`' }
  return { kind: 'other', what: 'a folder with something else' }
}

/** A link whose target was uninstalled has nothing but its path to be known by. */
async function isPackOrGone(target: string): Promise<boolean> {
  if (await exists(target)) return isPack(target)
  return basename(target) === 'discomfort' && basename(dirname(target)) === 'comfy-nodes'
}

async function isPack(folder: string): Promise<boolean> {
  const project = await readFile(join(folder, 'pyproject.toml'), 'utf8').catch(() => '')
  return /^name = "discomfort"$/m.test(project) && exists(join(folder, 'protocol.json'))
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
