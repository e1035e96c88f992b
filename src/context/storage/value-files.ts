import { existsSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { isDiscomfortError } from '../../errors.ts'
import type { Receipt } from '../../schema/receipt.ts'
import { corruptValue } from '../../values/corrupt-value.ts'
import { chunksOf, type ValueLayout } from '../../values/value-layout.ts'
import { checkDigest, checksumOf } from './checksum.ts'
import type { ContextFolders, Place } from '../places/context-folders.ts'
import { copyValueFile } from './copy-value-file.ts'
import { RamBudget, type RamLimits } from './ram-budget.ts'
import { freeIn } from '../places/store-full.ts'
import { type OpenedValueFile, openValueFile, readValueBytes } from './read-value-file.ts'
import { leasePath, valuePath } from './value-path.ts'
import { writeChunks } from './write-chunks.ts'

/** Files up to this size are summed up in a few milliseconds. */
const SMALL = 8 * 2 ** 20

/** The file of a version. It moves between memory and disk; what it holds never changes. */
export interface ValueFile {
  readonly id: string
  readonly bytes: number
  place: Place | 'borrowed'
  path: string
  moving?: Promise<void> | undefined
  /** The checksum of its bytes. One that was never on disk has none. */
  digest?: string | undefined
  /** The reading of the whole file that compared it with its checksum. */
  verified?: Promise<void> | undefined
}

/**
 * The files of one context in their two places. New ones go to memory while its budget lasts; then those that were used
 * longest ago move to disk, and come back when a run uses them again.
 */
export class ValueFiles {
  readonly #folders: ContextFolders
  readonly #ram: RamBudget<ValueFile>
  /** Work that goes on: closing waits for it. */
  readonly #busy = new Set<Promise<unknown>>()
  readonly #closed = new AbortController()

  constructor(folders: ContextFolders, limits: RamLimits) {
    this.#folders = folders
    this.#ram = new RamBudget(limits, folders.roots.ram)
  }

  /** How much memory may still be used, in bytes. */
  get ramLeft(): number {
    return this.#ram.left
  }

  /**
   * Writes a value. Where neither place has room, nothing is left of it.
   * @throws {@link DiscomfortError} `STORE_FULL`, `VALUE_CORRUPT` for tensors that give too few bytes
   */
  write(id: string, layout: ValueLayout, useRam = true): Promise<ValueFile> {
    return this.#track(this.#place(layout.byteLength, useRam, (place) => this.#writeTo(place, id, layout)))
  }

  /**
   * Takes in a value that lies elsewhere, as its bytes arrive. `begin` asks for them, a second time where memory runs full.
   * @throws {@link DiscomfortError} `VALUE_CORRUPT` where they are not those that the receipt tells; `STORE_FULL`
   */
  receive(receipt: Receipt, begin: () => AsyncIterable<Uint8Array>, useRam: boolean): Promise<ValueFile> {
    return this.#track(this.#place(receipt.bytes, useRam, (place) => this.#receiveTo(place, receipt, begin())))
  }

  /** Takes in a file that the server wrote, wherever it found room. */
  adopt({ id, bytes, digest }: Receipt): ValueFile {
    const isInRam = this.#folders.roots.ram !== undefined && existsSync(valuePath(this.#folders.at('ram'), id))
    const file = this.#fileAt(isInRam ? 'ram' : 'disk', { id, bytes, digest })
    // The server kept to what was left when the run began; runs beside it may have used that too.
    if (this.#ram.used > this.#ram.limit) void this.#track(this.#makeRoom(0))
    return file
  }

  /** Takes in a file of somebody else's: it is never moved or removed, only copied where a run needs it. */
  borrow({ id, bytes, digest }: Receipt, path: string): ValueFile {
    return { id, bytes, digest, place: 'borrowed', path }
  }

  /** Takes in the lease of what stays alive in the server. */
  adoptLease(id: string): ValueFile {
    return { id, bytes: 0, place: 'disk', path: leasePath(this.#folders.at('ram'), id) }
  }

  /** A run is about to use a file: it comes back into memory where there is room without moving others. */
  async use(file: ValueFile): Promise<void> {
    await file.moving?.catch(() => undefined)
    if (file.place === 'ram') return this.#ram.use(file)
    const fits = file.bytes > 0 && file.bytes <= this.#ram.left
    if (file.place === 'borrowed') await this.#track(this.#move(file, fits ? 'ram' : 'disk'))
    else if (fits) await this.#track(this.#move(file, 'ram')).catch(notFatal)
  }

  /**
   * The header of a file. A small file on disk is compared with its checksum before; of a large one that is done when its
   * bytes are wanted.
   */
  async open(file: ValueFile): Promise<OpenedValueFile> {
    if (file.place !== 'ram' && file.bytes <= SMALL) await this.verify(file)
    const header = await this.#at(file, (path) => openValueFile(path, file.id))
    // All that there is of it stands in the header.
    if (file.place !== 'ram' && header.tensors.size === 0) await this.verify(file)
    return header
  }

  /** Some bytes of a file. One on disk is compared with its checksum first, once. */
  async read(file: ValueFile, offset: number, length: number): Promise<Uint8Array> {
    if (file.place !== 'ram') await this.verify(file)
    return this.#at(file, (path) => readValueBytes(path, file.id, offset, length))
  }

  async remove(file: ValueFile): Promise<void> {
    await file.moving?.catch(() => undefined)
    this.#ram.release(file)
    // A file that cannot be removed now goes with the folder of its context.
    if (file.place !== 'borrowed') await unlink(file.path).catch(() => undefined)
  }

  /** Ends what is being written and removes the folders. */
  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.allSettled(this.#busy)
    await this.#folders.remove()
  }

  /** Has a file written where there is room for it. */
  async #place(bytes: number, useRam: boolean, writeTo: (place: Place) => Promise<ValueFile>): Promise<ValueFile> {
    this.#folders.ensure()
    if (useRam && this.#hasRam(bytes)) {
      await this.#makeRoom(bytes)
      try {
        return await writeTo('ram')
      } catch (full) {
        if (!isDiscomfortError(full, 'STORE_FULL')) throw full
        return writeTo('disk').catch((error: unknown) => {
          // A stream gives its bytes once.
          throw isDiscomfortError(error, 'VALUE_GONE') ? full : error
        })
      }
    }
    return writeTo('disk')
  }

  async #writeTo(place: Place, id: string, layout: ValueLayout): Promise<ValueFile> {
    const { byteLength } = layout
    const written = await writeChunks(valuePath(this.#folders.at(place), id), chunksOf(layout), {
      id,
      signal: this.#closed.signal,
      needed: byteLength,
      checksum: place === 'disk',
      check({ bytes }) {
        // A source of somebody else's making may give too little; the header would then lie.
        if (bytes !== byteLength) throw corruptValue(id, `its tensors gave ${bytes} bytes and not ${byteLength}`)
      },
    })
    return this.#fileAt(place, { id, ...written })
  }

  async #receiveTo(
    place: Place,
    { id, bytes, digest }: Receipt,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<ValueFile> {
    const written = await writeChunks(valuePath(this.#folders.at(place), id), chunks, {
      id,
      signal: this.#closed.signal,
      check: (came) => {
        if (came.bytes !== bytes) throw corruptValue(id, `${came.bytes} bytes of it came, and not ${bytes}`)
        if (digest !== undefined) checkDigest(came.digest as string, id, digest)
      },
    })
    return this.#fileAt(place, { id, ...written })
  }

  #fileAt(place: Place, { id, bytes, digest }: Pick<ValueFile, 'id' | 'bytes' | 'digest'>): ValueFile {
    const file: ValueFile = { id, bytes, digest, place, path: valuePath(this.#folders.at(place), id) }
    if (place === 'ram') this.#ram.use(file)
    return file
  }

  /** Whether so much may be in memory, and finds room there: Docker gives its containers 64 MB. */
  #hasRam(bytes: number): boolean {
    return bytes <= this.#ram.limit && bytes <= (freeIn(this.#folders.at('ram')) ?? 0)
  }

  /** Moves what was used longest ago to disk. Where that has no room it stays: a budget is no reason to lose anything. */
  async #makeRoom(bytes: number): Promise<void> {
    for (const file of this.#ram.inTheWay(bytes)) await this.#move(file, 'disk').catch(notFatal)
  }

  #move(file: ValueFile, place: Place): Promise<void> {
    file.moving ??= this.#moveNow(file, place).finally(() => (file.moving = undefined))
    return file.moving
  }

  async #moveNow(file: ValueFile, place: Place): Promise<void> {
    if (file.place === place) return
    if (file.place !== 'ram') await this.verify(file)
    const before = file.place === 'borrowed' ? undefined : file.path
    this.#folders.ensure()
    const path = valuePath(this.#folders.at(place), file.id)
    const digest = await copyValueFile(file.path, path, file.id, this.#closed.signal)
    this.#ram.release(file)
    Object.assign(file, { place, path, digest, verified: undefined })
    if (place === 'ram') this.#ram.use(file)
    // Whoever has it mapped keeps it; whoever looks for it finds the other one.
    if (before !== undefined) await unlink(before).catch(() => undefined)
  }

  /**
   * Compares a file with its checksum, if it has one, once.
   * @throws {@link DiscomfortError} `VALUE_CORRUPT`, `VALUE_GONE`
   */
  verify(file: ValueFile): Promise<void> {
    file.verified ??= file.digest === undefined ? Promise.resolve() : this.#compare(file, file.digest)
    return file.verified
  }

  /** The checksum of a file's bytes; that of one in memory is made when it is first asked for. */
  async digestOf(file: ValueFile): Promise<string> {
    file.digest ??= await this.#at(file, (path) => checksumOf(path, file.id))
    return file.digest
  }

  async #compare(file: ValueFile, digest: string): Promise<void> {
    checkDigest(await this.#at(file, (path) => checksumOf(path, file.id)), file.id, digest)
  }

  /** Does something with a file that may move meanwhile. */
  async #at<Result>(file: ValueFile, work: (path: string) => Promise<Result>): Promise<Result> {
    for (;;) {
      const { path } = file
      try {
        return await work(path)
      } catch (error) {
        if (file.path === path || !isDiscomfortError(error, 'VALUE_GONE')) throw error
      }
    }
  }

  async #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#busy.add(work)
    try {
      return await work
    } finally {
      this.#busy.delete(work)
    }
  }
}

/** A move that fails leaves the file where it was. */
function notFatal(): void {}
