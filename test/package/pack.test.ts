import { execFile } from 'node:child_process'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { managedInstallation } from '../../src/server/install/install.ts'
import { cliFolder } from '../cli/support/fixtures.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const installation = await managedInstallation()

/** A project of somebody who installed the tarball. */
let project: string
let packed: string[]

async function command(file: string, args: readonly string[], cwd = project): Promise<string> {
  // On Windows npm is a script, which only a shell runs.
  const { stdout } = await promisify(execFile)(file, [...args], { cwd, shell: process.platform === 'win32' })
  return stdout
}

async function script(name: string, text: string): Promise<string> {
  await writeFile(join(project, name), text)
  return command(process.execPath, [name])
}

/** What the compiler says of a file of the project, the declarations of the package included. */
async function compile(file: string): Promise<string> {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [join(repository, 'node_modules/@types')],
    types: ['node'],
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  return command(process.execPath, [tsc, '-p', '.']).catch((error: { stdout: string }) => error.stdout)
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'discomfort-package-'))
  // The compiler leaves the output of files that are gone.
  await rm(join(repository, 'dist'), { recursive: true, force: true })
  await command('npm', ['run', '-s', 'build'], repository)
  const answer = await command('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], repository)
  const [tarball] = JSON.parse(answer) as { filename: string; files: { path: string }[] }[]
  packed = (tarball?.files ?? []).map(({ path }) => path)
  await writeFile(join(project, 'package.json'), '{ "name": "a-project", "private": true }')
  await command('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball?.filename}`])
})

afterAll(() => rm(project, { recursive: true, force: true }))

describe('the packed package', () => {
  it('holds the built library, the pack and nothing of the work on them', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'dist/index.js',
        'dist/index.d.ts',
        'dist/cli/main.js',
        'comfy-nodes/discomfort/launch.py',
      ]),
    )
    expect(
      packed.filter((path) => /^scripts\/|(^|\/)(src|test|node_modules|__pycache__|\.\w+_cache)\//.test(path)),
    ).toEqual([])
  })

  it('is imported as a module, whole and in its parts', async () => {
    const text = await script(
      'module.mjs',
      `import * as all from 'discomfort'
       import * as pure from 'discomfort/pure'
       import * as connector from 'discomfort/connector'
       import * as testing from 'discomfort/testing'
       console.log(typeof all.Discomfort.create, typeof pure.workflowToPrompt, typeof connector.ComfyConnector.create)
       console.log(typeof testing.fakeComfyUI, typeof testing.replayComfyUI)`,
    )
    expect(text).toBe('function function function\nfunction function\n')
  })

  it('is one copy of its errors, whichever part they come from', async () => {
    const text = await script(
      'errors.mjs',
      `import { isDiscomfortError } from 'discomfort'
       import { parseWorkflow } from 'discomfort/pure'
       try { parseWorkflow('{') } catch (error) { console.log(isDiscomfortError(error, 'WORKFLOW_INVALID')) }`,
    )
    expect(text).toBe('true\n')
  })

  it('can be required', async () => {
    const text = await script('script.cjs', `console.log(typeof require('discomfort').Discomfort.create)`)
    expect(text).toBe('function\n')
  })

  it("says what to install where ComfyUI's page is asked without the package for that", async () => {
    const text = await script(
      'page.mjs',
      `import { loadPlaywright } from './node_modules/discomfort/dist/frontend/load-playwright.js'
       await loadPlaywright().catch(({ code, message }) => console.log(code, message))`,
    )
    expect(text).toMatch(/^PACKAGE_MISSING .*Type `npm install playwright-core`/)
  })

  it('has a command that runs', async () => {
    const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string }
    expect(await command('npx', ['discomfort', '--version'])).toBe(`${version}\n`)
    expect(await command('npx', ['discomfort', 'run', '--help'])).toContain('$ discomfort run')
  })

  it('writes a script for a workflow, which compiles', async () => {
    await using folder = await cliFolder()
    const args = [`${folder.path}/workflow.json`, '--definitions', `${folder.path}/definitions.json`, '--script']
    await writeFile(join(project, 'generated.mts'), await command('npx', ['discomfort', 'ports', ...args]))
    expect(await compile('generated.mts')).toBe('')
  })

  it('has types that a strict project compiles with, declarations included', async () => {
    await writeFile(
      join(project, 'typed.mts'),
      `import { Discomfort, isDiscomfortError, type Image } from 'discomfort'
       import { workflowToPrompt } from 'discomfort/pure'
       import { ComfyConnector } from 'discomfort/connector'
       const discomfort = await Discomfort.create({ server: 'http://127.0.0.1:8188' })
       const { quality, image } = await discomfort.run('a.json', { outputs: { quality: 'FLOAT', image: 'IMAGE' } })
       export const typed: [number, Image, typeof workflowToPrompt, ComfyConnector] = [quality, image, workflowToPrompt, discomfort.connector]
       export const code = (error: unknown) => isDiscomfortError(error, 'NODE_FAILED') && error.details.traceback`,
    )
    expect(await compile('typed.mts')).toBe('')
  })

  it.skipIf(!installation)(
    'starts a ComfyUI with its own pack, runs a prompt with ports, and leaves no process',
    async () => {
      const text = await script(
        'run.mjs',
        `import { execFileSync } from 'node:child_process'
       import { Discomfort, Image, Tensor } from 'discomfort'
       const discomfort = await Discomfort.create(${JSON.stringify({
         comfyui: installation?.folder,
         python: installation?.python,
         args: ['--base-directory', installation?.base],
         customNodes: 'none',
       })})
       try {
         const { pid } = discomfort.connector
         const image = Image.from(Tensor.from(new Float32Array([0, 0.25, 1]), [1, 1, 1, 3]))
         const { inverted } = await discomfort.run({
           1: { class_type: 'DiscomfortPort', inputs: { unique_id: 'image', tags: '' } },
           2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
           3: { class_type: 'DiscomfortPort', inputs: { unique_id: 'inverted', tags: '', value: ['2', 0] } },
         }, { inputs: { image } })
         const commandLine = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
         console.log(JSON.stringify({ pid, commandLine, pixels: [...await inverted.pixels()] }))
       } finally {
         await discomfort.close()
       }`,
      )
      const told = JSON.parse(text) as { pid: number; commandLine: string; pixels: number[] }
      expect(told.pixels).toEqual([1, 0.75, 0])
      expect(told.commandLine).toContain(join('node_modules', 'discomfort', 'comfy-nodes', 'discomfort', 'launch.py'))
      expect(() => process.kill(told.pid, 0)).toThrow('ESRCH')
    },
  )

  it('lies where its files are looked for', async () => {
    await access(join(project, 'node_modules/discomfort/comfy-nodes/discomfort/launch.py'))
    await expect(access(join(project, 'node_modules/discomfort/src'))).rejects.toThrow('ENOENT')
  })
})
