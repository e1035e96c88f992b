import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBridgeConfig } from '../../../src/bridge/bridge-config.ts'
import { allowScript } from '../../../src/bridge/scripts/allow-script.ts'
import { temporaryFolder } from '../../support/folders.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (...names: string[]) => join(folder.path, ...names)
beforeEach(async () => {
  folder = await temporaryFolder('scripts')
  await mkdir(at('scripts', 'deep'), { recursive: true })
  await writeFile(at('scripts', 'deep', 'a.ts'), 'return {}')
  await writeFile(at('outside.ts'), 'return {}')
})
afterEach(() => folder[Symbol.asyncDispose]())
const allow = async (script: { path: string } | { text: string }, scripts = 'files') => {
  await writeFile(at('discomfort.bridge.json'), JSON.stringify({ scripts }))
  return allowScript(script, await readBridgeConfig(folder.path, {}))
}

describe('files', () => {
  it('in a folder of scripts may run, by a relative path or an absolute one', async () => {
    expect(await allow({ path: 'deep/a.ts' })).toEqual({ path: at('scripts', 'deep', 'a.ts') })
    expect(await allow({ path: at('scripts', 'deep', 'a.ts') })).toEqual({ path: at('scripts', 'deep', 'a.ts') })
  })

  it.each(['../outside.ts', 'deep/../../outside.ts'])('outside of it are refused: %s', async (path) => {
    await expect(allow({ path })).rejects.toMatchObject({ code: 'SCRIPTS_DISABLED' })
  })

  it('count by where they really lie', async () => {
    await symlink(at('outside.ts'), at('scripts', 'link.ts'))
    await expect(allow({ path: 'link.ts' })).rejects.toMatchObject({ code: 'SCRIPTS_DISABLED' })
  })

  it('beside a folder whose name begins the same are refused', async () => {
    await mkdir(at('scripts-of-others'))
    await writeFile(at('scripts-of-others', 'a.ts'), 'return {}')
    await expect(allow({ path: at('scripts-of-others', 'a.ts') })).rejects.toMatchObject({ code: 'SCRIPTS_DISABLED' })
  })
})

describe('texts', () => {
  it('may run only where all scripts may', async () => {
    await expect(allow({ text: 'return {}' })).rejects.toMatchObject({ code: 'SCRIPTS_DISABLED' })
    expect(await allow({ text: 'return {}' }, 'all')).toEqual({ text: 'return {}' })
  })
})

it('nothing may run where scripts are off', async () => {
  for (const script of [{ path: 'deep/a.ts' }, { text: 'return {}' }])
    await expect(allow(script, 'off')).rejects.toMatchObject({ code: 'SCRIPTS_DISABLED' })
})
