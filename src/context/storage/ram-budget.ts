import { freemem, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import { freeIn } from '../places/store-full.ts'

/** How much memory the values of a context may take. */
export interface RamLimits {
  /** In GiB. */
  readonly maxRamGb?: number | undefined
  /** In percent of the machine's memory. Default of both: a quarter of what is free when the context is first used. */
  readonly maxRamPercent?: number | undefined
  /** False keeps everything on disk. Default: true. */
  readonly useRam?: boolean | undefined
}

/** Keeps count of the memory that values take, and knows which were used longest ago. */
export class RamBudget<File extends { readonly bytes: number }> {
  readonly #limits: RamLimits
  readonly #root: string | undefined
  readonly #files = new Set<File>()
  #limit: number | undefined
  #used = 0

  /** @throws {@link DiscomfortError} `CONFIG_INVALID` */
  constructor(limits: RamLimits, root: string | undefined) {
    checkLimit('maxRamGb', limits.maxRamGb, Infinity)
    checkLimit('maxRamPercent', limits.maxRamPercent, 100)
    this.#limits = limits
    this.#root = root
  }

  /** The most that may be used, in bytes. */
  get limit(): number {
    this.#limit ??= this.#root === undefined ? 0 : limitOf(this.#limits, this.#root)
    return this.#limit
  }

  get used(): number {
    return this.#used
  }

  /** How much may still be used. */
  get left(): number {
    return Math.max(0, this.limit - this.#used)
  }

  /** A file is in memory now, or was used again. */
  use(file: File): void {
    if (!this.#files.delete(file)) this.#used += file.bytes
    this.#files.add(file)
  }

  /** A file is no longer in memory. */
  release(file: File): void {
    if (this.#files.delete(file)) this.#used -= file.bytes
  }

  /** The files, used longest ago first, that have to go before `bytes` more fit. */
  inTheWay(bytes: number): File[] {
    const going: File[] = []
    let over = this.#used + bytes - this.limit
    for (const file of this.#files) {
      if (over <= 0) break
      going.push(file)
      over -= file.bytes
    }
    return going
  }
}

function limitOf({ maxRamGb, maxRamPercent, useRam }: RamLimits, root: string): number {
  if (useRam === false) return 0
  const given = [
    ...(maxRamGb === undefined ? [] : [maxRamGb * 2 ** 30]),
    ...(maxRamPercent === undefined ? [] : [(totalmem() * maxRamPercent) / 100]),
  ]
  // The root itself is made with the first file.
  const free = () => Math.min(freemem(), freeIn(root) ?? freeIn(dirname(root)) ?? 0)
  return Math.floor(given.length > 0 ? Math.min(...given) : free() / 4)
}

function checkLimit(key: string, value: number | undefined, most: number): void {
  if (value === undefined || (value >= 0 && value <= most)) return
  const reason = most === Infinity ? 'a number from 0' : `a number from 0 to ${most}`
  throw new DiscomfortError('CONFIG_INVALID', `context: ${key} is ${String(value)}; it takes ${reason}.`, {
    details: { key, reason },
  })
}
