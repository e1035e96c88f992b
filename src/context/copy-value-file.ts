import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Checksum } from './checksum.ts'
import { isFull, storeFull } from './store-full.ts'

const CHUNK = 4 * 2 ** 20

/**
 * Copies a value file aside and renames it. Gives the checksum of what was copied.
 * @throws {@link DiscomfortError} `STORE_FULL`
 */
export async function copyValueFile(from: string, to: string, id: string, signal?: AbortSignal): Promise<string> {
  const temporary = join(dirname(to), `.${id}.${process.pid}.tmp`)
  const sum = new Checksum()
  try {
    const target = await open(temporary, 'wx', 0o600)
    try {
      for await (const chunk of createReadStream(from, { highWaterMark: CHUNK })) {
        signal?.throwIfAborted()
        sum.add(chunk as Buffer)
        await target.writeFile(chunk as Buffer)
      }
    } finally {
      await target.close()
    }
    await rename(temporary, to)
    return sum.text
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw isFull(error) ? storeFull(dirname(to), undefined, error) : error
  }
}
