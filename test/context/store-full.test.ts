import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const child = fileURLToPath(new URL('children/fill-store.ts', import.meta.url))

const unshare = '/usr/bin/unshare'

/** Runs a command with a file system of 2 MiB at `$0`; it is gone with the command. */
function inSmallStore(folder: string, command: string): string {
  const script = `mount -t tmpfs -o size=2m tmpfs "$0" && ${command}`
  return execFileSync(unshare, ['--user', '--map-root-user', '--mount', 'sh', '-c', script, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function canMount(): boolean {
  try {
    inSmallStore('/mnt', 'true')
    return true
  } catch {
    return false
  }
}

describe.runIf(process.platform === 'linux' && canMount())('a full store', () => {
  it('is told with folder and bytes, keeps the old value and leaves no half file', { timeout: 30_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'discomfort-full-'))
    try {
      const output = inSmallStore(folder, `"${process.execPath}" --import tsx "${child}" "$0"`)
      const found = JSON.parse(output) as Record<string, unknown>
      expect(found['after']).toEqual(found['before'])
      expect(found['data']).toEqual([1, 2, 3])
      expect(found['error']).toMatchObject({
        code: 'STORE_FULL',
        details: {
          folder: expect.stringContaining(folder) as string,
          needed: 8 * 2 ** 20 + 192,
          free: expect.any(Number) as number,
        },
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
