import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { canMount, mounting, unshare } from '../../support/small-file-system.ts'

const child = fileURLToPath(new URL('children/fill-store.ts', import.meta.url))

/** Runs a child with two small file systems, for memory (2 MiB) and for the disk (4 MiB); they are gone with it. */
function inSmallStore(folder: string): string {
  const mount = (name: string, size: string) =>
    `mkdir "$0/${name}" && mount -t tmpfs -o size=${size} tmpfs "$0/${name}"`
  const script = `${mount('ram', '2m')} && ${mount('disk', '4m')} && "${process.execPath}" --import tsx "${child}" "$0"`
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  return execFileSync(unshare, [...mounting, script, folder], { encoding: 'utf8', stdio: [...stdio] })
}

describe.runIf(canMount)('a full store', () => {
  it('takes what finds no room in memory to disk', async () => {
    const { places, data } = await find()
    expect(places).toEqual({ key: 'ram', large: 'disk' })
    expect(data).toEqual([1, 2, 3])
  })

  it('is told with folder and bytes, keeps the old values and leaves no half file', async () => {
    const { before, after, error, folder } = await find()
    expect(after).toEqual(before)
    expect(error).toMatchObject({
      code: 'STORE_FULL',
      details: {
        folder: expect.stringContaining(folder) as string,
        needed: 8 * 2 ** 20 + 192,
        free: expect.any(Number) as number,
      },
    })
  })

  it('keeps all that was confirmed, whatever is saved until nothing more finds room', async () => {
    const { kept, lost } = await find()
    expect(kept).toBeGreaterThan(20)
    expect(lost).toEqual([])
  })
})

interface Found {
  readonly folder: string
  readonly places: Record<string, string>
  readonly before: string[]
  readonly after: string[]
  readonly data: number[]
  readonly error: unknown
  readonly kept: number
  readonly lost: string[]
}

let found: Promise<Found> | undefined
function find(): Promise<Found> {
  found ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'discomfort-full-'))
    try {
      return { folder, ...(JSON.parse(inSmallStore(folder)) as Omit<Found, 'folder'>) }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })()
  return found
}
