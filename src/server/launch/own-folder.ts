import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../is-alive.ts'

/**
 * Makes the folder of one managed server: user folder, database, temp folder. It names the script that owns it, so that
 * a later start can tell what a killed one left behind.
 */
export async function makeOwnFolder(servers: string, name: string): Promise<string> {
  const folder = join(servers, name)
  await mkdir(join(folder, 'user'), { recursive: true })
  await writeFile(join(folder, 'owner'), String(process.pid))
  return folder
}

/** Removes what servers of dead scripts left, and nothing of living ones. */
export async function sweepOwnFolders(servers: string): Promise<void> {
  for (const name of await readdir(servers).catch(() => [])) {
    const folder = join(servers, name)
    const owner = await readFile(join(folder, 'owner'), 'utf8').catch(() => undefined)
    const isLeft = owner === undefined ? await isOld(folder) : !isAlive(Number(owner))
    if (isLeft) await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** A folder without an owner may just be in the making. */
async function isOld(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > 60_000
}
