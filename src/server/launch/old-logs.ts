import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { olderPart } from './log-tail.ts'
import { logsInUse } from './own-folder.ts'

/** Removes all logs of servers but the newest, and those of servers that may still run. */
export async function pruneLogs(folder: string, servers: string, keep = 20): Promise<void> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => /^comfyui-.*\.log$/.test(name)).sort()
  const inUse = await logsInUse(servers)
  const old = files.slice(0, -keep).map((name) => join(folder, name))
  await Promise.all(
    old
      .filter((file) => !inUse.has(file))
      .flatMap((file) => [file, olderPart(file)])
      .map((file) => rm(file, { force: true }).catch(() => undefined)),
  )
}
