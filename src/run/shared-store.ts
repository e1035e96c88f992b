import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureStoreRoot, storeRoot } from '../context/store-root.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { request } from '../server/http.ts'

/**
 * Whether the server sees our store. It is proven, never guessed from a host name: we write a random text there, and the
 * pack must be able to read it back to us. A server that we started ourselves is on this machine.
 */
export async function seesStore(connector: ComfyConnector): Promise<boolean> {
  const { handshake } = connector
  const root = storeRoot()
  if (!handshake || handshake.root !== root) return false
  if (connector.isManaged) return true
  await ensureStoreRoot(root)
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
