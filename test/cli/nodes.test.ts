import { cp, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { runCli } from './support/run-cli.ts'

const pack = fileURLToPath(new URL('../../comfy-nodes/discomfort', import.meta.url))
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** A folder with a ComfyUI in it, as far as its shape goes. */
async function comfyFolder() {
  const folder = await temporaryFolder('nodes')
  const comfyui = join(folder.path, 'ComfyUI')
  await mkdir(join(comfyui, 'comfy'), { recursive: true })
  await mkdir(join(comfyui, 'custom_nodes'))
  await writeFile(join(comfyui, 'main.py'), '')
  const customNodes = join(comfyui, 'custom_nodes')
  return { ...folder, comfyui, customNodes, installed: join(customNodes, 'discomfort') }
}

async function nodes(...args: string[]) {
  const { code, stdout } = await runCli(['nodes', ...args, '--json'])
  return {
    code,
    ...(JSON.parse(stdout) as { kind?: string; path?: string; before?: object; error?: { code: string } }),
  }
}

describe('discomfort nodes install', () => {
  it('links the pack, says what to do next, and again that it is there', async () => {
    await using folder = await comfyFolder()
    const first = await runCli(['nodes', 'install', folder.comfyui])
    expect(first.code).toBe(0)
    expect(first.stdout).toBe(`The nodes are installed: ${folder.installed} is a link to ${pack}.\n`)
    expect(first.stderr).toContain('Restart ComfyUI.')
    expect(await readlink(folder.installed)).toBe(pack)
    const second = await runCli(['nodes', 'install', folder.comfyui])
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('installed already') as unknown })
    expect(await readdir(folder.customNodes)).toEqual(['discomfort'])
  })

  it('takes the folder above, the custom_nodes folder and a base folder without a program', async () => {
    await using folder = await comfyFolder()
    for (const named of [folder.path, folder.customNodes]) {
      expect(await nodes('install', named)).toMatchObject({ code: 0, kind: 'link', path: folder.installed })
      expect(await nodes('remove', named)).toMatchObject({ code: 0, removed: true })
    }
    const base = join(folder.path, 'base')
    await mkdir(join(base, 'models'), { recursive: true })
    await mkdir(join(base, 'custom_nodes'))
    expect(await nodes('install', base)).toMatchObject({ path: join(base, 'custom_nodes', 'discomfort') })
  })

  it('makes a copy that names this Node and this package, and a new one in its place', async () => {
    await using folder = await comfyFolder()
    expect(await nodes('install', folder.comfyui, '--copy')).toMatchObject({ kind: 'copy', before: { kind: 'none' } })
    const told = JSON.parse(await readFile(join(folder.installed, 'bridge.json'), 'utf8')) as unknown
    expect(told).toEqual({ node: process.execPath, cli: main })
    const names = await readdir(folder.installed)
    expect(names).toEqual(expect.arrayContaining(['__init__.py', 'protocol.json', 'nodes']))
    expect(names).not.toContain('page')
    await writeFile(join(folder.installed, 'old.py'), '')
    expect(await nodes('install', folder.comfyui)).toMatchObject({ kind: 'copy', before: { kind: 'copy' } })
    expect(await readdir(folder.installed)).not.toContain('old.py')
    expect(await readdir(folder.customNodes)).toEqual(['discomfort'])
  })

  it('writes nothing into the package, neither by a link nor through one', async () => {
    await using folder = await comfyFolder()
    await nodes('install', folder.comfyui)
    await nodes('install', folder.comfyui, '--copy')
    expect(await readdir(pack)).not.toContain('bridge.json')
    expect((await lstat(folder.installed)).isDirectory()).toBe(true)
  })

  it('turns a link that leads elsewhere, and says where it led', async () => {
    await using folder = await comfyFolder()
    const other = join(folder.path, 'node_modules', 'discomfort', 'comfy-nodes', 'discomfort')
    await cp(pack, other, { recursive: true, filter: (source) => !source.endsWith('__pycache__') })
    await symlink(other, folder.installed)
    const { stdout } = await runCli(['nodes', 'install', folder.comfyui])
    expect(stdout).toContain(`led to ${other}, and is a link to ${pack}`)
    expect(await readlink(folder.installed)).toBe(pack)
    expect(await readdir(other)).toContain('__init__.py')
    // The package that it leads to was uninstalled.
    await rm(folder.installed)
    await symlink(other, folder.installed)
    await rm(other, { recursive: true })
    expect(await nodes('install', folder.comfyui)).toMatchObject({ code: 0, before: { kind: 'link', target: other } })
  })

  it('refuses what is no ComfyUI, and what is not there', async () => {
    await using folder = await temporaryFolder('nodes')
    await mkdir(join(folder.path, 'custom_nodes'))
    for (const named of [folder.path, join(folder.path, 'custom_nodes'), join(folder.path, 'nowhere')])
      expect(await nodes('install', named)).toMatchObject({ code: 1, error: { code: 'COMFYUI_NOT_FOUND' } })
    expect(await readdir(join(folder.path, 'custom_nodes'))).toEqual([])
  })

  it('leaves alone what it did not put there, and says what that is', async () => {
    await using folder = await comfyFolder()
    const strange: Record<string, () => Promise<unknown>> = {
      'a folder with something else': () => mkdir(folder.installed),
      'a file': () => writeFile(folder.installed, 'mine'),
      'a link to ': async () => symlink(folder.comfyui, folder.installed),
      'put there in another way': () => cp(pack, folder.installed, { recursive: true }),
      'a clone of the repository': () =>
        cp(pack, join(folder.installed, 'comfy-nodes', 'discomfort'), { recursive: true }),
    }
    for (const [words, make] of Object.entries(strange)) {
      await make()
      for (const command of ['install', 'remove'])
        expect(await nodes(command, folder.comfyui)).toMatchObject({
          code: 1,
          error: { code: 'EXPORT_EXISTS', message: expect.stringContaining(words) as unknown },
        })
      await rm(folder.installed, { recursive: true })
    }
  })

  it('clears away what an install left that was killed', async () => {
    await using folder = await comfyFolder()
    await nodes('install', folder.comfyui, '--copy')
    const leftover = join(folder.customNodes, 'discomfort.0b7f5c0e-7a68-4a6c-9c11-6f0f4f1f2a11.disabled')
    await rename(folder.installed, leftover)
    await mkdir(join(folder.customNodes, 'other.disabled'))
    expect(await nodes('install', folder.comfyui)).toMatchObject({ kind: 'link' })
    expect((await readdir(folder.customNodes)).toSorted()).toEqual(['discomfort', 'other.disabled'])
  })

  it('says which options do not go together, and what it wants', async () => {
    await using folder = await comfyFolder()
    expect(await nodes('install', folder.comfyui, '--copy', '--link')).toMatchObject({ code: 2 })
    expect(await nodes('install')).toMatchObject({ code: 2, error: { code: 'CONFIG_INVALID' } })
    expect(await runCli(['nodes'])).toMatchObject({ code: 2 })
  })
})

describe('discomfort nodes remove', () => {
  it('removes a link and never what it leads to, and a copy', async () => {
    await using folder = await comfyFolder()
    for (const kind of ['--link', '--copy']) {
      await nodes('install', folder.comfyui, kind)
      expect(await nodes('remove', folder.comfyui)).toMatchObject({ code: 0, removed: true })
      expect(await readdir(folder.customNodes)).toEqual([])
    }
    expect(await readdir(pack)).toContain('__init__.py')
    expect(await nodes('remove', folder.comfyui)).toMatchObject({ code: 0, removed: false })
  })
})
