import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process of a tree. */
export interface TreeProcess {
  readonly pid: number
  readonly command: readonly string[]
  /** Resident memory in bytes. */
  readonly memory: number
}

/** A process and all that it started, and that those started, as far as they live. */
export function processTree(root: number): TreeProcess[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(Number(name))
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const all = [root]
  for (const pid of all) all.push(...(children.get(pid) ?? []))
  return all.map(describeProcess).filter((one) => one !== undefined)
}

/** The bridges and the nested servers among them. */
export function insideOf(root: number): { bridges: TreeProcess[]; servers: TreeProcess[] } {
  const tree = processTree(root).filter(({ pid }) => pid !== root)
  return {
    bridges: tree.filter(
      ({ command }) => command.includes('bridge') && command.some((part) => part.endsWith('main.js')),
    ),
    servers: tree.filter(({ command }) => command.some((part) => part.endsWith('main.py'))),
  }
}

/** The addresses that processes listen on, as the system writes them: `0100007F` is 127.0.0.1. */
export function listening(pids: readonly number[]): string[] {
  const sockets = new Set(pids.flatMap(socketsOf))
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && inode !== undefined && sockets.has(inode))
      .map(([, local]) => (local ?? '').split(':')[0] ?? ''),
  )
}

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.slice(1) ?? []
    } catch {
      return []
    }
  })
}

/** Undefined for one that has just ended. */
function parentOf(pid: number): number | undefined {
  // What stands in brackets is a name, which may hold anything.
  const fields = read(`/proc/${pid}/stat`)?.replace(/^.*\)/s, '').trim().split(' ')
  return fields && fields[0] !== 'Z' ? Number(fields[1]) : undefined
}

function describeProcess(pid: number): TreeProcess | undefined {
  const [command, status] = [read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/status`)]
  if (command === undefined || status === undefined) return undefined
  return { pid, command: command.split('\0'), memory: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
