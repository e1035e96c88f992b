import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keepingArguments } from '../../../src/server/launch/keeping-arguments.ts'
import { temporaryFolder } from '../../support/folders.ts'

/** A folder with the files of a ComfyUI that tell what it can. */
async function build(files: Record<string, string>) {
  const folder = await temporaryFolder('keeping')
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder.path, path, '..'), { recursive: true })
    await writeFile(join(folder.path, path), text)
  }
  return { ...folder, installation: { folder: folder.path } }
}
const withArgument = { 'comfy/cli_args.py': 'add_argument("--cache-ram", nargs="?")' }

describe('the arguments by which models stay loaded', () => {
  it('are those of the cache by memory where the build has no cache providers', async () => {
    await using old = await build(withArgument)
    expect(keepingArguments(old.installation, { args: [] })).toEqual(['--cache-ram'])
    expect(keepingArguments(old.installation, { args: ['--cpu'], keepModels: 3 })).toEqual(['--cache-ram'])
  })

  it('are none where the pack does it, where the build cannot, and where it is not wanted', async () => {
    await using fresh = await build({ ...withArgument, 'comfy_execution/cache_provider.py': '' })
    await using older = await build({ 'comfy/cli_args.py': 'add_argument("--cache-lru")' })
    await using old = await build(withArgument)
    expect(keepingArguments(fresh.installation, { args: [] })).toEqual([])
    expect(keepingArguments(older.installation, { args: [] })).toEqual([])
    expect(keepingArguments({ folder: '/not there' }, { args: [] })).toEqual([])
    expect(keepingArguments(old.installation, { args: [], keepModels: 0 })).toEqual([])
  })

  it('leave the cache that was chosen', async () => {
    await using old = await build(withArgument)
    expect(keepingArguments(old.installation, { args: ['--cache-none'] })).toEqual([])
    expect(keepingArguments(old.installation, { args: ['--cache-lru', '10'] })).toEqual([])
  })
})
