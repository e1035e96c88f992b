import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { configEnvironment, readBridgeConfig } from '../../src/bridge/bridge-config.ts'
import { temporaryFolder } from '../support/folders.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  folder = await temporaryFolder('config')
})
afterEach(() => folder[Symbol.asyncDispose]())
const write = (text: string) => writeFile(join(folder.path, 'discomfort.bridge.json'), text)

it('without a file scripts are off', async () => {
  expect(await readBridgeConfig(folder.path, {})).toMatchObject({ scripts: 'off', args: [] })
})

it('folders of scripts begin at the folder of the file', async () => {
  await write('{"scripts":"files","scriptFolders":["mine","/opt/scripts"]}')
  const { scriptFolders } = await readBridgeConfig(folder.path, {})
  expect(scriptFolders).toEqual([join(folder.path, 'mine'), '/opt/scripts'])
})

it('a nested server finds the same file', async () => {
  await write('{"scripts":"all"}')
  const env = configEnvironment(await readBridgeConfig(folder.path, {}))
  expect(await readBridgeConfig('/nowhere', env)).toMatchObject({ scripts: 'all' })
})

it('a relative path in the environment begins at the user folder, not where somebody works', async () => {
  await write('{"scripts":"all"}')
  const env = { DISCOMFORT_BRIDGE_CONFIG: 'discomfort.bridge.json' }
  expect(await readBridgeConfig(folder.path, env)).toMatchObject({ scripts: 'all' })
})

it.each([
  ['no JSON', '{', 'it is no JSON'],
  ['a list', '[]', 'one JSON object'],
  ['a value that does not fit', '{"scripts":"yes"}', 'scripts does not fit'],
  ['a misspelt name', '{"script":"all"}', 'Did you mean "scripts"'],
])('%s is refused with its place', async (_what, text, said) => {
  await write(text)
  await expect(readBridgeConfig(folder.path, {})).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(said),
  })
})
