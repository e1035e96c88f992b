import { readdir, readFile, readlink } from 'node:fs/promises'

/**
 * Whether a process of this group listens on a TCP port, or somebody else does. Undefined where the system does not tell
 * (all but Linux), or nobody listens.
 */
export async function groupListens(group: number, port: number): Promise<boolean | undefined> {
  const sockets = await listeners(port)
  if (sockets.size === 0) return undefined
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || (await groupOf(pid)) !== group) continue
    for (const name of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${name}`).catch(() => '')
      if (sockets.has(target)) return true
    }
  }
  return false
}

/** The sockets that listen there, by the names that open files have. */
async function listeners(port: number): Promise<Set<string>> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const sockets = new Set<string>()
  for (const line of tables.flatMap((table) => table.split('\n'))) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    if (state === '0A' && local?.endsWith(`:${hex}`)) sockets.add(`socket:[${inode}]`)
  }
  return sockets
}

async function groupOf(pid: string): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // Behind the name of the program: its state, its parent, its group.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
}
