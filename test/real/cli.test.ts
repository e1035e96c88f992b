import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { runCli } from '../cli/support/run-cli.ts'

const example = (name: string) => fileURLToPath(new URL(`../../examples/refine/${name}`, import.meta.url))
const server = ['--server', inject('server')]

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-cli-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const inFolder = (name: string) => join(folder, name)

/** A seed that no run had before, so that ComfyUI computes. */
const freshSeed = () => `seed=${Math.floor(Math.random() * 2 ** 40)}`

describe('discomfort run on a running ComfyUI', () => {
  it('runs workflows in one context, writes files and prints values', async () => {
    const workflows = [example('make.json'), example('assess.json')]
    const args = ['run', ...workflows, ...server, '--input', freshSeed(), '--input', 'prompt=a green pear', '-q']
    const outputs = ['--output', 'quality', '--output', `image=${inFolder('a.png')}`]
    const { code, stdout, stderr } = await runCli([...args, ...outputs])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^quality: 0\.\d+\nimage: IMAGE 1×256×256×3 F32 → .*a\.png\n$/)
    expect((await readFile(inFolder('a.png'))).subarray(1, 4).toString()).toBe('PNG')
  })

  it('tells everything as JSON, of ports and of addresses', async () => {
    const args = ['run', example('make.json'), ...server, '--json', '--input', freshSeed(), '--input', '7.steps=2']
    const outputs = ['--output', `KSampler=${inFolder('latent.safetensors')}`, '--output', 'image']
    const { code, stdout } = await runCli([...args, ...outputs])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      outputs: {
        KSampler: { type: 'LATENT', shape: [1, 16, 32, 32], files: [inFolder('latent.safetensors')] },
        image: { type: 'IMAGE', list: false, dtype: 'F32', shape: [1, 256, 256, 3], files: [] },
      },
      files: [],
      skipped: [],
      warnings: [],
      workflows: [{ name: 'make.json', allCached: false }],
    })
    const again = ['run', example('make.json'), ...server, '--json', '--output', 'image']
    const put = ['--input', `VAE Decode.samples=@${inFolder('latent.safetensors')}`]
    expect(await runCli([...again, ...put])).toMatchObject({ code: 0 })
  })

  it('takes a picture and gives a number', async () => {
    const make = ['run', example('make.json'), ...server, '-q', '--output', `image=${inFolder('a.png')}`]
    expect(await runCli(make)).toMatchObject({ code: 0 })
    const assess = ['run', example('assess.json'), ...server, '--json', '--input', `image=@${inFolder('a.png')}`]
    const { code, stdout } = await runCli(assess)
    expect(code).toBe(0)
    const { outputs } = JSON.parse(stdout) as { outputs: { quality: { value: number } } }
    expect(outputs.quality.value).toBeGreaterThan(0)
  })

  it('tells its progress in lines where there is no terminal', async () => {
    const args = ['run', example('make.json'), ...server, '--input', freshSeed(), '--input', '7.steps=8']
    const { code, stderr } = await runCli(args)
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Attaching to .*\nmake.json: queued\n/)
    expect(stderr).toMatch(
      /make.json: KSampler \(node 7\)\n(make.json: KSampler \d\/8\n)+make.json: VAE Decode \(node 8\)\n/,
    )
    expect(stderr).toMatch(/make.json: finished in \d+\.\d s\n$/)
    expect(stderr).not.toContain('\u001B')
  })

  it('numbers the pictures of a batch', async () => {
    const args = ['run', example('make.json'), ...server, '-q', '--input', 'EmptySD3LatentImage.batch_size=2']
    const { code } = await runCli([...args, '--output', `image=${inFolder('a.webp')}`])
    expect(code).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(['a-1.webp', 'a-2.webp'])
  })

  it('copies what output nodes saved, of a prompt as well', async () => {
    const prompt = {
      1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 255 } },
      2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] }, _meta: { title: 'Look' } },
    }
    await writeFile(inFolder('prompt.json'), JSON.stringify(prompt))
    const args = ['run', inFolder('prompt.json'), ...server, '-q', '--save-dir', inFolder('saved')]
    const { code, stdout } = await runCli(args)
    expect(code).toBe(0)
    const [name] = await readdir(inFolder('saved'))
    expect(stdout).toBe(`saved by "Look": ${join(inFolder('saved'), name ?? '')}\n`)
  })

  it.each([
    ['a node that fails', 'NODE_FAILED', '7.model:={"no": "model"}'],
    ['a value out of range', 'PROMPT_REJECTED', 'seed=18446744073709551616'],
    ['a name that nothing has', 'ADDRESS_NOT_FOUND', 'sed=7'],
  ])('ends with 1 for %s', async (_what, errorCode, input) => {
    const args = ['run', example('make.json'), ...server, '--json', '-q', '--input', input]
    const { code, stdout, stderr } = await runCli(args)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: errorCode, message: expect.any(String) as string } })
  })

  it('ends with 2 for a value that is none of its type', async () => {
    const { code, stderr } = await runCli(['run', example('make.json'), ...server, '-q', '--input', 'seed=7.9'])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'Error: --input seed=7.9: INT is wanted there.\n(CONFIG_INVALID)\n',
    })
  })

  it('cancels its job at the first Ctrl-C', async () => {
    const big = ['--input', freshSeed(), '--input', '7.steps=200', '--input', 'EmptySD3LatentImage.width=1024']
    let isSent = false
    const { code, stderr } = await runCli(['run', example('make.json'), ...server, ...big], {
      onStderr(text, kill) {
        if (isSent || !text.includes('KSampler')) return
        isSent = true
        kill('SIGINT')
      },
    })
    expect(code).toBe(130)
    expect(stderr).toContain('Cancelling …')
    expect(stderr).toMatch(/Error: Interrupted\.\n\(ABORTED\)\n$/)
    const queue = await fetch(`${inject('server')}/queue`)
    expect(await queue.json()).toEqual({ queue_running: [], queue_pending: [] })
  })
})

describe('discomfort run with a ComfyUI of its own', () => {
  const launch = inject('launch')
  const own = ['--comfyui', launch.comfyui, '--python', launch.python, ...launch.args.flatMap((arg) => ['--arg', arg])]
  const env = () => ({ ...launch.env, DISCOMFORT_HOME: folder })

  /** The folder stands in the command line of every process that was started for it. */
  function isAnythingLeft(): boolean {
    const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    return stdout.split('\n').some((line) => line.includes('launch.py') && line.includes(folder))
  }

  it('starts it, runs, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await runCli(['run', example('make.json'), ...own], { env: env() })
    expect(code, stderr).toBe(0)
    expect(stdout).toBe('image: IMAGE 1×256×256×3 F32\n')
    expect(stderr).toContain('Starting')
    expect(isAnythingLeft()).toBe(false)
    expect(await readdir(inFolder('servers'))).toEqual([])
  })

  it.each([1, 2])('leaves nothing behind when Ctrl-C comes %i times during the start', async (times) => {
    let isSent = false
    const { code, signal } = await runCli(['run', example('make.json'), ...own], {
      env: env(),
      onStderr(text, kill) {
        if (isSent || !text.includes('Starting')) return
        isSent = true
        for (let time = 0; time < times; time += 1) setTimeout(() => kill('SIGINT'), 1500 + 50 * time)
      },
    })
    // A signal that comes while Node is ending finds none of our listeners any more, and ends it by itself.
    if (times === 1 || signal === null) expect(code).toBe(130)
    else expect(signal).toBe('SIGINT')
    expect(isAnythingLeft()).toBe(false)
  })

  it('reads node definitions from one that it starts for it', async () => {
    const { code, stdout } = await runCli(['ports', example('assess.json'), '--json', ...own], { env: env() })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      definitions: expect.stringContaining('started for this') as string,
      inputs: [{ uniqueId: 'image', type: 'IMAGE' }],
      outputs: [{ uniqueId: 'quality', type: 'FLOAT' }],
    })
    expect(isAnythingLeft()).toBe(false)
  })
})
