import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Which process a context belongs to, as its `owner.json` says. */
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
  own ??= { v: 1, pid: process.pid, startTime: startTime(process.pid), place: place() }
  return own
}

/**
 * Whether the owner is certainly dead. Where that cannot be known (another machine or container, a record that is no
 * record), it is taken to live.
 */
export function isDead(owner: unknown): boolean {
  if (!isOwner(owner) || owner.place !== place()) return false
  if (!isRunning(owner.pid)) return true
  const now = startTime(owner.pid)
  return owner.startTime !== null && now !== null && now !== owner.startTime
}

/** Whether it is this process. */
export function isOwn(owner: unknown): boolean {
  const { pid, startTime, place } = ownOwner()
  return isOwner(owner) && owner.pid === pid && owner.startTime === startTime && owner.place === place
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

/** Linux: the boot and the ticks since then. Elsewhere null: asking `ps` costs more than it brings. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program may hold anything, also spaces and brackets; field 22 is the 20th behind it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return ticks === undefined ? null : `${boot}:${ticks}`
  } catch {
    return null
  }
}

function place(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}
