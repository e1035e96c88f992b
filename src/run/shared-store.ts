import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureRoot, storeRoots, type StoreRoots } from '../context/places/store-roots.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { request } from '../server/http/http.ts'

/**
 * Which places of our store the server sees; undefined where it does not see the one on disk. It is proven, never guessed
 * from a host name: we write a random text there, and the pack must be able to read it back to us. A server that we started
 * ourselves is on this machine.
 */
export async function sharedRoots(connector: ComfyConnector): Promise<StoreRoots | undefined> {
  const { handshake } = connector
  const roots = storeRoots()
  const sees = async (root: string, theirs: string | null | undefined) =>
    root === theirs && (connector.isManaged || (await canRead(connector, root)))
  if (!handshake || !(await sees(roots.disk, handshake.roots.disk))) return undefined
  const ram = roots.ram !== undefined && (await sees(roots.ram, handshake.roots.ram)) ? roots.ram : undefined
  return { ...roots, ram }
}

async function canRead(connector: ComfyConnector, root: string): Promise<boolean> {
  ensureRoot(root)
  const [name, text] = [randomUUID(), randomUUID()]
  const file = join(root, 'probes', name)
  await mkdir(join(root, 'probes'), { recursive: true, mode: 0o700 })
  await writeFile(file, text, { mode: 0o600 })
  try {
    const response = await request(connector.http, `/discomfort/probe/${name}`)
    const answer = (await response.json().catch(() => undefined)) as { text?: unknown } | undefined
    return answer?.text === text
  } finally {
    await rm(file, { force: true })
  }
}
