import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDead, ownerOf, ownOwner, readOwner } from '../../process-owner.ts'

/**
 * Makes the folder of one managed server: user folder, database, temp folder. It names the script that owns it, so that
 * a later start can tell what a killed one left behind, and the log, which is kept while the folder is there.
 */
export async function makeOwnFolder(servers: string, name: string, logFile: string): Promise<string> {
  const folder = join(servers, name)
  await mkdir(join(folder, 'user'), { recursive: true })
  await writeFile(join(folder, 'log'), logFile)
  await writeFile(join(folder, 'owner'), JSON.stringify(ownOwner()))
  return folder
}

/** Gives the folder to the server itself, which is to outlive the script that started it. */
export async function giveOwnFolder(folder: string, pid: number): Promise<void> {
  await writeFile(join(folder, 'owner.new'), JSON.stringify(ownerOf(pid)))
  await rename(join(folder, 'owner.new'), join(folder, 'owner'))
}

/** The logs of the servers whose folders are there. */
export async function logsInUse(servers: string): Promise<Set<string>> {
  const names = await readdir(servers).catch(() => [])
  return new Set(await Promise.all(names.map((name) => readFile(join(servers, name, 'log'), 'utf8').catch(() => ''))))
}

/** Removes what servers of dead scripts left, and nothing of living ones. */
export async function sweepOwnFolders(servers: string): Promise<void> {
  for (const name of await readdir(servers).catch(() => [])) {
    const folder = join(servers, name)
    const owner = await readOwner(join(folder, 'owner'))
    const isLeft = owner === undefined ? await isOld(folder) : isDead(owner)
    if (isLeft) await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** A folder without an owner may just be in the making. */
async function isOld(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > 60_000
}
