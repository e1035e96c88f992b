import { accessSync, constants } from 'node:fs'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DiscomfortError } from '../errors.ts'

const SHARED_MEMORY = '/dev/shm'

/**
 * Where the values of this machine lie: `DISCOMFORT_STORE`, else `/dev/shm/discomfort-<uid>`, else
 * `discomfort-<uid>` in the system's folder for temporary files. The pack finds the same folder by the same rule.
 */
export function storeRoot(env: NodeJS.ProcessEnv = process.env): string {
  const set = env['DISCOMFORT_STORE']
  if (set) return resolve(set)
  const name = process.getuid ? `discomfort-${process.getuid()}` : 'discomfort'
  return join(isWritable(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), name)
}

/**
 * Makes the root with mode 0700. Names in shared folders can be taken by others, so the root that is taken by default
 * must be a folder of this user: whoever owns it could read and replace every value. A folder that somebody chose is
 * taken as it is.
 *
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export async function ensureStoreRoot(root: string, chosen: boolean = root !== storeRoot({})): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  if (chosen || !process.getuid) return
  const found = await lstat(root)
  if (!found.isDirectory()) throw refused(root, 'is no folder')
  if (found.uid !== process.getuid()) throw refused(root, `belongs to another user (uid ${found.uid})`)
  if ((found.mode & 0o777) !== 0o700) await chmod(root, 0o700)
}

function isWritable(folder: string): boolean {
  if (process.platform === 'win32') return false
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function refused(root: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  const message = `The store of values ${root} ${reason}. Set DISCOMFORT_STORE to a folder of your own.`
  return new DiscomfortError('CONFIG_INVALID', message, { details: { key: 'DISCOMFORT_STORE', reason } })
}
