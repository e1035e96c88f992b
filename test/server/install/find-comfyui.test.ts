import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findComfyUI, knownPlaces } from '../../../src/server/install/find-comfyui.ts'
import { findPython } from '../../../src/server/install/find-python.ts'
import { provideComfyUI } from '../../../src/server/install/provide-comfyui.ts'
import { failure } from '../../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../../support/folders.ts'
import { standInPython } from '../../support/stand-in-python.ts'

let work: TemporaryFolder
const before = { folder: process.cwd(), home: process.env['HOME'] }
beforeEach(async () => {
  work = await temporaryFolder('find')
  // Known places are looked for beside the working folder and in the home folder.
  process.env['HOME'] = work.path
  process.chdir(work.path)
})
afterEach(async () => {
  process.chdir(before.folder)
  process.env['HOME'] = before.home
  await work[Symbol.asyncDispose]()
})

async function comfy(name: string, environment?: string): Promise<string> {
  const folder = join(work.path, name)
  await mkdir(join(folder, 'comfy'), { recursive: true })
  await writeFile(join(folder, 'main.py'), '')
  if (environment) await environmentIn(join(folder, environment))
  return folder
}

async function environmentIn(folder: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true })
  await writeFile(join(folder, 'bin', 'python'), '')
}

const env = (more: Record<string, string> = {}) => ({ DISCOMFORT_HOME: join(work.path, 'own'), ...more })

describe('the ComfyUI that is started', () => {
  it('is the one that is named, with the virtual environment inside it or beside it', async () => {
    const inside = await comfy('inside', '.venv')
    expect(await findComfyUI({ comfyui: inside, env: env() })).toEqual({
      kind: 'user',
      folder: inside,
      python: join(inside, '.venv', 'bin', 'python'),
    })
    const beside = await comfy('above/ComfyUI')
    await environmentIn(join(work.path, 'above', 'venv'))
    const python = join(work.path, 'above', 'venv', 'bin', 'python')
    expect(await findComfyUI({ comfyui: beside, env: env() })).toMatchObject({ folder: beside, python })
  })

  it('may be named by the folder above it', async () => {
    const folder = await comfy('above/ComfyUI', 'env')
    expect(await findComfyUI({ comfyui: join(work.path, 'above'), env: env() })).toMatchObject({ folder })
    expect(await findComfyUI({ comfyui: 'above', env: env() })).toMatchObject({ folder })
  })

  it('runs on the Python that is named', async () => {
    const folder = await comfy('one', '.venv')
    expect(await findComfyUI({ comfyui: folder, python: '/my/python', env: env() })).toMatchObject({
      python: '/my/python',
    })
    expect(await findComfyUI({ comfyui: folder, env: env({ DISCOMFORT_PYTHON: '/its/python' }) })).toMatchObject({
      python: '/its/python',
    })
  })

  it('is that of DISCOMFORT_COMFYUI where none is named', async () => {
    const [one, two] = [await comfy('one', 'venv'), await comfy('two', 'venv')]
    expect(await findComfyUI({ env: env({ DISCOMFORT_COMFYUI: one }) })).toMatchObject({ folder: one })
    expect(await findComfyUI({ comfyui: two, env: env({ DISCOMFORT_COMFYUI: one }) })).toMatchObject({ folder: two })
  })

  it('is else one in a known place, the nearest first', async () => {
    expect(await findComfyUI({ env: env() })).toBeUndefined()
    const far = await comfy('comfy/ComfyUI', 'venv')
    expect(await findComfyUI({ env: env() })).toMatchObject({ folder: far })
    const near = await comfy('ComfyUI', 'venv')
    expect(await findComfyUI({ env: env() })).toMatchObject({ folder: near })
    expect(await knownPlaces()).toEqual([near, far, near])
  })

  it('is no folder in a known place that cannot be run', async () => {
    await comfy('ComfyUI')
    expect(await findComfyUI({ env: env() })).toBeUndefined()
  })
})

describe('a named folder that is no ComfyUI', () => {
  it('is an error that says what is missing there', async () => {
    await mkdir(join(work.path, 'empty'))
    const { details, message } = await failure('COMFYUI_NOT_FOUND', findComfyUI({ comfyui: 'empty', env: env() }))
    expect(details).toEqual({
      searched: [join(work.path, 'empty'), join(work.path, 'empty', 'ComfyUI')],
      reason: 'there is no main.py beside a folder comfy',
    })
    expect(message).toContain('DISCOMFORT_PYTHON')
  })

  it('is an error also where only its Python is missing', async () => {
    const folder = await comfy('bare')
    const { details } = await failure('COMFYUI_NOT_FOUND', findComfyUI({ comfyui: folder, env: env() }))
    expect(details.reason).toBe('no virtual environment was found beside it')
  })
})

describe('without any ComfyUI', () => {
  it('a script is told how to come to one, and nothing is installed', async () => {
    const { message, details } = await failure('COMFYUI_NOT_FOUND', provideComfyUI({ env: env() }))
    for (const way of ['DISCOMFORT_COMFYUI', 'npx discomfort install', 'http://127.0.0.1:8188'])
      expect(message).toContain(way)
    expect(details.searched).toContain(join(work.path, 'ComfyUI'))
  })
})

describe('the Python of an install', () => {
  it('is the one that is named, else that of the environment', async () => {
    const python = await standInPython(work.path, { version: '3.13.0' })
    expect(await findPython(python, 'folder', {})).toEqual({ file: python, version: '3.13.0' })
    expect(await findPython(undefined, 'folder', { DISCOMFORT_PYTHON: python })).toMatchObject({ file: python })
  })

  it('is else python3 or python of the PATH, the first that is new enough', async () => {
    const path = process.env['PATH']
    const [old, recent] = [join(work.path, 'old'), join(work.path, 'recent')]
    await Promise.all([mkdir(old), mkdir(recent)])
    await symlink(await standInPython(old, { version: '3.8.1' }), join(old, 'python3'))
    await symlink(await standInPython(recent, { version: '3.10.0' }), join(recent, 'python'))
    try {
      process.env['PATH'] = `${old}:${recent}:/bin:/usr/bin`
      expect(await findPython(undefined, 'folder', {})).toEqual({ file: 'python', version: '3.10.0' })
      process.env['PATH'] = `${old}:/nowhere`
      const { details } = await failure('INSTALL_FAILED', findPython(undefined, 'folder', {}))
      expect(details.logTail).toHaveLength(2)
    } finally {
      process.env['PATH'] = path
    }
  })

  it('that may not be run is told as such', async () => {
    const python = await standInPython(work.path)
    await chmod(python, 0o644)
    const { details } = await failure('INSTALL_FAILED', findPython(python, 'folder', {}))
    expect(details.reason).toContain('EACCES')
  })
})
