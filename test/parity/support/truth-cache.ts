import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { discomfortHome } from '../../../src/home.ts'

/** What the frontend answered, kept between runs. */
export interface TruthCache {
  /** What is kept for `key`, else what `make` gives, which is then kept unless it is an error. */
  through<Value extends { readonly error?: string }>(
    key: readonly unknown[],
    make: () => Promise<Value>,
  ): Promise<Value>
  /** How many answers were asked for, and how many of them were made now. */
  readonly counts: { readonly asked: number; readonly made: number }
}

/** A cache for all that has `versions` in common. An answer is a file, so that a run that was broken off loses nothing. */
export function openTruthCache(versions: readonly unknown[]): TruthCache {
  const folder = join(discomfortHome(), 'parity-cache', shortHash(versions))
  const counts = { asked: 0, made: 0 }
  return {
    counts,
    async through<Value extends { readonly error?: string }>(
      key: readonly unknown[],
      make: () => Promise<Value>,
    ): Promise<Value> {
      counts.asked += 1
      const file = join(folder, `${shortHash(key)}.json.gz`)
      const kept = await readFile(file).catch(() => undefined)
      if (kept) return JSON.parse(gunzipSync(kept).toString()) as Value
      counts.made += 1
      const value = await make()
      // The page may have been slow, or the machine: the next run asks again.
      if (value.error !== undefined) return value
      await mkdir(folder, { recursive: true })
      const fresh = `${file}.${process.pid}`
      await writeFile(fresh, gzipSync(JSON.stringify(value)))
      await rename(fresh, file)
      return value
    },
  }
}

/** A name for any JSON value. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24)
}
