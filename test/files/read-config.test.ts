import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/files/read-config.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/folders.ts'

const before = process.cwd()
afterEach(() => process.chdir(before))

describe('the config file', () => {
  it('is the one that is named', async () => {
    await using folder = await temporaryFolder('config')
    const path = join(folder.path, 'mine.json')
    await writeFile(path, '{ "server": "http://127.0.0.1:8188" }')
    expect(await readConfig(path)).toEqual({ server: 'http://127.0.0.1:8188' })
  })

  it('is discomfort.config.json in the working folder where none is named, and need not be there', async () => {
    await using folder = await temporaryFolder('config')
    process.chdir(folder.path)
    expect(await readConfig()).toEqual({})
    await writeFile('discomfort.config.json', '{ "args": ["--lowvram"] }')
    expect(await readConfig()).toEqual({ args: ['--lowvram'] })
    process.chdir(before)
  })

  it('must be there where it is named', async () => {
    const { message, details } = await failure('CONFIG_INVALID', readConfig('no-such-config.json'))
    expect(message).toContain('no-such-config.json')
    expect(details.reason).toBe('it cannot be read')
  })

  it('must be readable, hold JSON, and one object', async () => {
    await using folder = await temporaryFolder('config')
    process.chdir(folder.path)
    await mkdir('discomfort.config.json')
    expect((await failure('CONFIG_INVALID', readConfig())).details.reason).toBe('it cannot be read')
    await writeFile('broken.json', '{ server }')
    const broken = await failure('CONFIG_INVALID', readConfig('broken.json'))
    expect(broken.details.reason).toBe('it is no JSON')
    expect(broken.cause).toBeInstanceOf(SyntaxError)
    for (const text of ['[]', 'null', '"server"', '7']) {
      await writeFile('other.json', text)
      const { details } = await failure('CONFIG_INVALID', readConfig('other.json'))
      expect(details.reason).toBe('it must hold one JSON object')
    }
    process.chdir(before)
  })
})
