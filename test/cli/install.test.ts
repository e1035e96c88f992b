import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { managedRelease } from '../../src/server/install/releases.ts'
import { cliFolder } from './support/fixtures.ts'
import { runCli } from './support/run-cli.ts'

describe('discomfort install', () => {
  it('shows what it would fetch, and does not begin unasked', async () => {
    await using folder = await cliFolder()
    const { code, stdout, stderr } = await runCli(['install'], folder.options)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const text of [managedRelease.package.name, managedRelease.package.sha256, 'GB on disk', '--yes'])
      expect(stderr).toContain(text)
  })

  it('says where it is when it is there already', async () => {
    await using folder = await cliFolder()
    const place = join(folder.path, 'home', `comfyui-${managedRelease.comfyui}`)
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'installed.json'), '{}')
    const { code, stdout } = await runCli(['install', '--json'], folder.options)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ installed: true, wasThere: true, folder: join(place, 'ComfyUI') })
  })

  it('tells why it cannot', async () => {
    await using folder = await cliFolder()
    const { code, stdout } = await runCli(['install', '--yes', '--json', '--python', '/no/python'], folder.options)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'INSTALL_FAILED', details: { step: 'python' } } })
  })
})
