import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { olderComfyUI } from '../support/older-comfyui.ts'
import { node } from '../support/prompts.ts'
import { innerWorkflows } from './support/inner-workflows.ts'
import { startOuterServer, type OuterServer } from './support/outer-server.ts'
import { failureOf, post, runPrompt, type Ended } from './support/post-prompt.ts'
import { insideOf } from './support/process-tree.ts'

const color = (value: number) => node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: value })
const show = (id: string, slot = 0) => node('PreviewAny', { source: [id, slot] })
const picture = (id: string, slot = 0) => node('PreviewImage', { images: [id, slot] })
const models = 'unload'

describe.each(['0.30.0', '0.16.3'])('nodes inside ComfyUI %s', (version) => {
  let outer: OuterServer
  beforeAll(async () => {
    const launch = inject('launch')
    const comfyui = version === '0.16.3' ? await olderComfyUI(launch.python) : launch.comfyui
    outer = await startOuterServer({ ...launch, comfyui })
    for (const [name, workflow] of Object.entries(innerWorkflows)) await outer.save(name, workflow)
  })
  afterAll(() => outer?.[Symbol.asyncDispose]())
  const run = (prompt: Prompt) => runPrompt(outer.address, prompt, 90_000)

  /** The colours of the pictures that a node shows, as EmptyImage takes them. */
  async function colors({ outputs }: Ended, id: string): Promise<number[]> {
    const files = (outputs[id]?.['images'] ?? []) as unknown as { filename: string; subfolder: string; type: string }[]
    return Promise.all(
      files.map(async (file) => {
        const bytes = await (await fetch(`${outer.address}/view?${new URLSearchParams(file)}`)).arrayBuffer()
        const [red = 0, green = 0, blue = 0] = await sharp(Buffer.from(bytes)).removeAlpha().raw().toBuffer()
        return (red << 16) + (green << 8) + blue
      }),
    )
  }
  const text = ({ outputs }: Ended, id: string) => outputs[id]?.['text']?.[0] as string | undefined

  it('run a workflow with a picture that goes in and comes out', async () => {
    const ended = await run({
      1: color(0x00ff00),
      2: node('DiscomfortTestRunner', { workflow_path: 'invert.json', models, input_0: ['1', 0] }),
      3: picture('2'),
    })
    expect(failureOf(ended)).toBeUndefined()
    expect(await colors(ended, '3')).toEqual([0xff00ff])
  })

  it('loop with feedback, and give the last picture, all of them, or all as one batch', async () => {
    const loop = (results: string) => ({
      1: color(0x000000),
      2: node('DiscomfortLoop', {
        workflow_path: 'fade.json',
        iterations: 5,
        feedback: '',
        until: '',
        index: '',
        results,
        models,
        input_0: ['1', 0],
      }),
      3: picture('2'),
      4: node('TestClassOf', { value: ['2', 0] }),
      5: show('4'),
    })
    const shades = [0.5, 0.75, 0.875, 0.9375, 0.96875].map((part) => Math.floor(part * 255) * 0x010101)
    expect(await colors(await run(loop('last')), '3')).toEqual(shades.slice(-1))
    expect(await colors(await run(loop('list')), '3')).toEqual(shades)
    const batch = await run(loop('batch'))
    expect(await colors(batch, '3')).toEqual(shades)
    expect(batch.outputs['5']?.['text']).toHaveLength(1)
  })

  it('loop until an output says so, with its number and a pair of ports that differ in name', async () => {
    const loop = (until: string, index: string, feedback = '') => ({
      1: node('TestInt', { value: 0 }),
      2: node('DiscomfortLoop', {
        workflow_path: 'count.json',
        iterations: 20,
        feedback,
        until,
        index,
        results: 'last',
        models,
        input_0: ['1', 0],
      }),
      3: show('2'),
    })
    expect(text(await run(loop('done', '')), '3')).toBe('4')
    expect(text(await run(loop('number >= 7', '')), '3')).toBe('7')
    expect(text(await run(loop('', 'number')), '3')).toBe('20')
    expect(text(await run(loop('number == 3', '', 'number -> number')), '3')).toBe('3')
  })

  it('choose one of several workflows, and evaluate only what that one takes', async () => {
    const choose = (choice: string) => ({
      1: color(0x404040),
      fail: node('TestFail', { message: 'nobody needs this' }),
      2: node('DiscomfortSwitch', {
        choice,
        workflows: 'invert: invert.json\nfade: fade.json\nelse: count.json',
        models,
        input_0: ['1', 0],
        input_1: ['fail', 0],
      }),
      3: picture('2'),
    })
    expect(await colors(await run(choose('invert')), '3')).toEqual([0xbfbfbf])
    expect(await colors(await run(choose('fade')), '3')).toEqual([0x9f9f9f])
    expect(failureOf(await run(choose('other')))).toMatchObject({ node: 'fail' })
  })

  it('run scripts where they are enabled, and tell how where they are not', async () => {
    const script = `const { image } = await discomfort.run('fade.json', { inputs, outputs: { image: 'IMAGE' } })
      const score = (await image.pixels())[0] ?? 0
      return { image: score > 0.5 ? image : inputs.image, score }`
    const prompt = (value: number) => ({
      1: color(value),
      2: node('DiscomfortScript', {
        script,
        inputs: 'image: IMAGE',
        outputs: 'image: IMAGE, score: FLOAT',
        pure: false,
        models,
        input_0: ['1', 0],
      }),
      3: picture('2'),
      4: show('2', 1),
    })
    const refused = failureOf(await run(prompt(0x808080)))
    expect(refused).toMatchObject({ node: '2', message: expect.stringContaining('discomfort.bridge.json') as unknown })
    await outer.configure({ scripts: 'all' })
    const bright = await run(prompt(0x808080))
    expect(failureOf(bright)).toBeUndefined()
    expect(await colors(bright, '3')).toEqual([0xbfbfbf])
    expect(Number(text(bright, '4'))).toBeCloseTo(0.75, 2)
    expect(await colors(await run(prompt(0xff)), '3')).toEqual([0xff])
  })

  const scriptFile = (path: string, pure = false) => ({
    1: color(0x00ff00),
    2: node('DiscomfortScript', {
      script: path,
      inputs: 'image: IMAGE',
      outputs: 'image: IMAGE, id: STRING',
      pure,
      models,
      input_0: ['1', 0],
    }),
    3: picture('2'),
    4: show('2', 1),
  })
  async function writeScript(name: string, text: string): Promise<string> {
    const file = join(outer.user, name)
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, text)
    return file
  }

  it('run a script file by its path in the folder of scripts, with what lies beside it and saved workflows', async () => {
    await outer.configure({ scripts: 'files' })
    await writeScript('scripts/deep/name.ts', `export const name: string = 'invert.json'\n`)
    await writeScript(
      'scripts/deep/main.ts',
      `import { name } from './name.ts'
       import type { Script } from 'discomfort'
       export default (async ({ inputs, discomfort }) => ({
         ...(await discomfort.run(name, { inputs })), id: name,
       })) satisfies Script`,
    )
    const ended = await run(scriptFile('deep/main.ts'))
    expect(failureOf(ended)).toBeUndefined()
    expect(await colors(ended, '3')).toEqual([0xff00ff])
    expect(text(ended, '4')).toBe('invert.json')
  })

  it('run a pure script again only when its file has changed', async () => {
    await outer.configure({ scripts: 'files' })
    const returned = async (body: string) => {
      await writeScript('scripts/pure.ts', body)
      return text(await run(scriptFile('pure.ts', true)), '4')
    }
    const random = 'return { ...inputs, id: crypto.randomUUID() }'
    const first = await returned(random)
    expect(first).toMatch(/^[\da-f-]{36}$/)
    expect(await returned(random)).toBe(first)
    expect(await returned(`return { ...inputs, id: 'mended' }`)).toBe('mended')
  })

  it('refuse script files outside of the folders of scripts, also by way of a link, and such that are not there', async () => {
    await outer.configure({ scripts: 'files' })
    const outside = await writeScript('default/workflows/outside.ts', 'return { ...inputs, id: "" }')
    await mkdir(join(outer.user, 'scripts'), { recursive: true })
    await symlink(outside, join(outer.user, 'scripts', 'link.ts'))
    for (const path of [outside, 'link.ts', '../default/workflows/outside.ts'])
      expect(failureOf(await run(scriptFile(path)))).toMatchObject({
        node: '2',
        message: expect.stringContaining('none of the folders of scripts') as unknown,
      })
    expect(await post(outer.address, scriptFile('outside.ts'))).toBeUndefined()
    await writeFile(join(outer.user, 'discomfort.bridge.json'), '{')
    expect(failureOf(await run(scriptFile('nowhere.ts')))?.message).toContain('it is no JSON')
    await outer.configure({})
    expect(failureOf(await run(scriptFile('link.ts')))?.message).toContain('scripts are off')
  })

  it('take a model by how it is made: it is loaded inside, once, and not outside', async () => {
    const file = join(outer.user, `marks-${version}`)
    const ended = await run({
      1: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
      2: node('TestMark', { model: ['1', 0], file }),
      3: node('DiscomfortTestRunner', { workflow_path: 'encode.json', models: 'keep', input_0: ['1', 1] }),
      4: node('DiscomfortLoop', {
        workflow_path: 'sample.json',
        iterations: 3,
        feedback: '',
        until: '',
        index: '',
        results: 'last',
        models: 'keep',
        input_0: ['2', 0],
        input_1: ['3', 0],
      }),
      5: node('TestClassOf', { value: ['4', 0] }),
      6: show('5'),
    })
    expect(failureOf(ended)).toBeUndefined()
    expect(text(ended, '6')).toBe('dict')
    const marks = (await readFile(file, 'utf8')).trim().split('\n')
    expect(marks).toEqual([String(insideOf(outer.pid).servers[0]?.pid)])
  })

  it('tell which inner node failed, by its title', async () => {
    const ended = await run({
      1: color(1),
      2: node('DiscomfortTestRunner', { workflow_path: 'fail.json', models, input_0: ['1', 0] }),
      3: picture('2'),
    })
    expect(failureOf(ended)).toMatchObject({ node: '2' })
    expect(failureOf(ended)?.message).toMatch(/The breaking one[^]*the inner one broke/)
  })

  it('refuse workflows that run themselves, and such that are not there', async () => {
    const prompt = (workflow_path: string) => ({
      1: color(1),
      2: node('DiscomfortTestRunner', { workflow_path, models, input_0: ['1', 0] }),
      3: picture('2'),
    })
    expect(failureOf(await run(prompt('circle.json')))?.message).toMatch(/circle\.json → circle\.json/)
    const posted = await post(outer.address, prompt('nowhere.json'))
    expect(posted).toBeUndefined()
  })

  it('refuse a broken upstream when it is queued, also in front of a model that does not run outside', async () => {
    const posted = await post(outer.address, {
      1: node('CheckpointLoaderSimple', { ckpt_name: 'no-such.ckpt' }),
      2: node('DiscomfortTestRunner', { workflow_path: 'encode.json', models, input_0: ['1', 1] }),
      3: show('2'),
    })
    expect(posted).toBeUndefined()
  })
})
