import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import { discomfortHome } from '../../home.ts'

const SHARED_MEMORY = '/dev/shm'

/** Where values of this machine lie. */
export interface StoreRoots {
  /** In memory: quick, small, empty after a reboot. Undefined where there is none, or none is wanted. */
  readonly ram: string | undefined
  /** On a disk: for what finds no room in memory, and for contexts with a name. */
  readonly disk: string
}

/**
 * The roots of this machine. On disk: `DISCOMFORT_STORE`, else `store` in `DISCOMFORT_HOME`. In memory:
 * `DISCOMFORT_RAM_STORE`, else `/dev/shm/discomfort-<uid>` where that can be written to; where only `DISCOMFORT_STORE` is
 * set, everything lies there. The pack finds the same folders by the same rule.
 */
export function storeRoots(env: NodeJS.ProcessEnv = process.env): StoreRoots {
  const [disk, ram] = [env['DISCOMFORT_STORE'], env['DISCOMFORT_RAM_STORE']]
  return {
    disk: disk ? resolve(disk) : join(discomfortHome(env), 'store'),
    ram: ram ? resolve(ram) : sharedMemory(disk),
  }
}

function sharedMemory(disk: string | undefined): string | undefined {
  if (disk || !process.getuid || !isWritable(SHARED_MEMORY)) return undefined
  return join(SHARED_MEMORY, `discomfort-${process.getuid()}`)
}

/**
 * Makes a root with mode 0700. Names in shared folders can be taken by others, so the one in `/dev/shm` must be a folder of
 * this user: whoever owns it could read and replace every value. A folder that somebody chose is taken as it is.
 *
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export function ensureRoot(root: string, shared: boolean = root === storeRoots({}).ram): void {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  if (!shared || !process.getuid) return
  const found = lstatSync(root)
  if (!found.isDirectory()) throw refused(root, 'is no folder')
  if (found.uid !== process.getuid()) throw refused(root, `belongs to another user (uid ${found.uid})`)
  if ((found.mode & 0o777) !== 0o700) chmodSync(root, 0o700)
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function refused(root: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  const message = `The store of values ${root} ${reason}. Set DISCOMFORT_RAM_STORE to a folder of your own.`
  return new DiscomfortError('CONFIG_INVALID', message, { details: { key: 'DISCOMFORT_RAM_STORE', reason } })
}
