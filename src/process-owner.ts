import { readFileSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Which process a thing on disk belongs to: a context, a lock, a server. */
export interface Owner {
  readonly v: 1
  readonly pid: number
  /** What tells two processes with one pid apart: boot and time of the start. Null where the system does not say. */
  readonly startTime: string | null
  /** Where the pid counts: the machine, and on Linux the pid namespace (a container has its own). */
  readonly place: string
}

let own: Owner | undefined

/** The owner record of this process. */
export function ownOwner(): Owner {
  own ??= ownerOf(process.pid)
  return own
}

/** The record of another process of this machine that runs now. */
export function ownerOf(pid: number): Owner {
  return { v: 1, pid, startTime: statusOf(pid)?.startTime ?? null, place: place() }
}

/**
 * Whether the owner is certainly dead. Where that cannot be known (another machine or container, a record that is no
 * record), it is taken to live.
 */
export function isDead(owner: unknown): boolean {
  if (!isOwner(owner) || owner.place !== place()) return false
  if (!isRunning(owner.pid)) return true
  const now = statusOf(owner.pid)
  if (now === undefined) return false
  return now.hasEnded || (owner.startTime !== null && now.startTime !== owner.startTime)
}

/** Whether it certainly is that process that runs, and no later one of the same id. */
export function isCertainlyAlive(owner: Owner): boolean {
  return owner.startTime !== null && owner.place === place() && isRunning(owner.pid) && !isDead(owner)
}

/** Whether it is this process. */
export function isOwn(owner: unknown): boolean {
  const { pid, startTime, place } = ownOwner()
  return isOwner(owner) && owner.pid === pid && owner.startTime === startTime && owner.place === place
}

/** The owner that a file names; undefined where there is none, or not yet a whole one. */
export async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false
  const { v, pid, startTime, place } = value as Partial<Record<keyof Owner, unknown>>
  const times = startTime === null || typeof startTime === 'string'
  return v === 1 && Number.isSafeInteger(pid) && (pid as number) > 0 && times && typeof place === 'string'
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

interface ProcessStatus {
  /** The boot and the ticks since then. */
  readonly startTime: string
  /** It has ended, and its parent has not asked yet. */
  readonly hasEnded: boolean
}

/** Linux only: asking `ps` costs more than it brings. */
function statusOf(pid: number): ProcessStatus | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program may hold anything, also spaces and brackets; behind it the 1st is field 3, the 20th field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { startTime: `${boot}:${fields[19]}`, hasEnded: fields[0] === 'Z' || fields[0] === 'X' }
  } catch {
    return undefined
  }
}

function place(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}
