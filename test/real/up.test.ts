import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort } from 'discomfort'
import { isAlive } from '../support/is-alive.ts'
import { through } from './support/prompts.ts'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const { comfyui, python, args, customNodes, env } = inject('launch')
const before = process.env['DISCOMFORT_HOME']
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'discomfort-up-'))
  process.env['DISCOMFORT_HOME'] = home
})
afterAll(async () => {
  await discomfort('down', '--all')
  process.env['DISCOMFORT_HOME'] = before
  await rm(home, { recursive: true, force: true })
})

/** What a command prints with `--json`. */
async function discomfort(...words: string[]): Promise<Record<string, any>> {
  const child = spawn(process.execPath, [main, ...words, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const part of child.stdout.setEncoding('utf8')) text += part
  return JSON.parse(text) as Record<string, any>
}

describe('a real ComfyUI that stays', () => {
  it('serves scripts one after another, keeps its log small, and goes when it is told to', async () => {
    const output = join(home, 'output')
    const settings = { ...env, DISCOMFORT_LOG_MAX_BYTES: '1000' }
    const up = await discomfort(
      'up',
      '--comfyui',
      comfyui,
      '--python',
      python,
      '--output',
      output,
      ...args.flatMap((arg) => ['--arg', arg]),
      ...customNodes.flatMap((name) => ['--custom-nodes', name]),
      ...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    )
    expect(up).toMatchObject({ wasUp: false, pid: expect.any(Number) as number })
    const options = { comfyui, python, args, customNodes, env: settings, output }
    for (const value of [1, 2]) {
      await using script = await Discomfort.create(options)
      expect(script.connector).toMatchObject({ pid: up['pid'], isManaged: false, serverAddress: up['address'] })
      expect(await script.run(through('PrimitiveInt', 'value'), { inputs: { in: value } })).toMatchObject({
        out: value,
      })
    }
    await using script = await Discomfort.create(options)
    const run = script.run(new URL('../../examples/attach/text-to-image.json', import.meta.url))
    await run
    // Its folders are known, as those of a server that the script started.
    expect(run.files[0]?.path).toBe(join(output, run.files[0]?.filename as string))
    expect(await readdir(join(home, 'logs'))).toHaveLength(2)
    expect((await discomfort('status'))['servers']).toMatchObject([{ state: 'ready', jobs: 0, pid: up['pid'] }])
    const lost = script.run({
      1: { class_type: 'TestSlow', inputs: { steps: 400, seed: 1 } },
      2: { class_type: 'PreviewAny', inputs: { source: ['1', 0] } },
    })
    for await (const event of lost) if (event.type === 'progress') break
    expect((await discomfort('status'))['servers']).toMatchObject([{ state: 'busy', jobs: 1 }])
    await discomfort('down')
    await expect(lost).rejects.toMatchObject({
      code: 'SERVER_CRASHED',
      message: expect.stringContaining('discomfort up') as string,
    })
    expect(isAlive(up['pid'] as number)).toBe(false)
    expect([await readdir(join(home, 'up')), await readdir(join(home, 'servers'))]).toEqual([[], []])
  })
})
