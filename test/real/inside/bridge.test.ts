import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CancellationTokenSource } from 'vscode-jsonrpc/node'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Ran } from '../../../src/schema/bridge.ts'
import { startBridge, type BridgeClient } from '../../support/bridge-client.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { node, port } from '../support/prompts.ts'

let bridge: BridgeClient
let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (...names: string[]) => join(folder.path, ...names)
const ask = (method: string, params: object) => bridge.connection.sendRequest(method, { v: 1, ...params })

beforeAll(async () => {
  folder = await temporaryFolder('inside')
  await mkdir(at('scripts'))
  const { comfyui, python, args, customNodes } = inject('launch')
  bridge = startBridge()
  await ask('initialize', {
    comfyui,
    python,
    args: [...args, '--cpu', '--disable-all-custom-nodes', '--whitelist-custom-nodes', 'discomfort', ...customNodes],
    output: at('output'),
    workflows: at('workflows'),
    user: folder.path,
    depth: 0,
  })
  // As where something is saved in the page for the first time.
  await mkdir(at('workflows'))
  // And whatever somebody saves there is no config of the library.
  await writeFile(at('workflows', 'discomfort.config.json'), '{')
  await save('add', {
    in: port('n'),
    step: port('step'),
    sum: node('ComfyMathExpression', { expression: 'a + b', 'values.a': ['in', 0], 'values.b': ['step', 0] }),
    out: port('sum', ['sum', 1]),
  })
  await save('slow', {
    in: port('seed'),
    slow: node('TestSlow', { steps: 10_000, seed: ['in', 0] }),
    out: port('done', ['slow', 0]),
  })
  await save('model', {
    1: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
    2: port('model', ['1', 0]),
    3: port('clip', ['1', 1]),
  })
  await save('encode', {
    1: port('clip'),
    2: node('CLIPTextEncode', { text: 'a pear', clip: ['1', 0] }),
    3: port('conditioning', ['2', 0]),
  })
})
afterAll(async () => {
  await bridge?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

async function save(name: string, prompt: object): Promise<void> {
  await writeFile(at('workflows', `${name}.json`), JSON.stringify(prompt))
}

let call: string
beforeEach(async () => {
  call = ((await ask('open', {})) as { call: string }).call
})
const workflow = (name: string) => at('workflows', `${name}.json`)
const common = { inputs: [], outputs: null, models: 'keep', previews: false } as const
const int = (id: string, value: number) => ({
  unique_id: id,
  entry: {
    v: 1,
    unique_id: id,
    receipt: { v: 1, id: crypto.randomUUID(), type: 'INT', list: false, dtype: null, shape: null, bytes: 0 },
    tree: { int: String(value) },
  },
})
const trees = (ran: Ran, id: string) =>
  ran.outputs.find((output) => output.unique_id === id)?.values.map((value) => 'entry' in value && value.entry.tree)

describe('workflows', () => {
  it('are described by their ports in order', async () => {
    expect(await ask('describe', { workflow: workflow('add') })).toEqual({
      v: 1,
      inputs: [
        ['n', 'INT,FLOAT,BOOLEAN'],
        ['step', 'INT,FLOAT,BOOLEAN'],
      ].map(([id]) => [id, expect.any(String)]),
      outputs: [['sum', 'INT']],
    })
  })

  it('run with what comes in and give what goes out, with a bar that reaches its end', async () => {
    const ran = (await ask('run', {
      ...common,
      call,
      workflow: workflow('add'),
      inputs: [int('n', 4), int('step', 3)],
    })) as Ran
    expect(trees(ran, 'sum')).toEqual([{ int: '7' }])
    expect(bridge.progress.at(-1)).toMatchObject({ call, value: 1 })
  })

  it('name a port that is gone', async () => {
    const asked = ask('run', { ...common, call, workflow: workflow('add'), inputs: [int('m', 4)] })
    await expect(asked).rejects.toMatchObject({ data: { code: 'ADDRESS_NOT_FOUND' } })
  })

  it('say which input of the node needs a link', async () => {
    const asked = ask('run', { ...common, call, workflow: workflow('encode') })
    await expect(asked).rejects.toMatchObject({
      message: expect.stringMatching(/^encode\.json needs a value for "clip" \(CLIP\)\. Link something/),
      data: { code: 'PORT_UNBOUND' },
    })
  })

  it('tell the node inside that failed, by its title', async () => {
    await save('fails', {
      in: port('n'),
      bad: { ...node('ComfyMathExpression', { expression: 'a / 0', 'values.a': ['in', 0] }), _meta: { title: 'Mine' } },
      out: port('x', ['bad', 0]),
    })
    const asked = ask('run', { ...common, call, workflow: workflow('fails'), inputs: [int('n', 1)] })
    await expect(asked).rejects.toMatchObject({
      message: expect.stringContaining('Mine'),
      data: { code: 'NODE_FAILED', details: { title: 'Mine' } },
    })
  })

  it('that run themselves are refused before anything starts', async () => {
    await save('one', { 1: node('DiscomfortTestRunner', { workflow_path: 'two.json', models: 'keep', ports: '' }) })
    await save('two', { 1: node('DiscomfortSwitch', { choice: '', workflows: 'x: one.json', models: 'keep' }) })
    await expect(ask('run', { ...common, call, workflow: workflow('one') })).rejects.toMatchObject({
      message: expect.stringContaining('one.json → two.json → one.json'),
      data: { code: 'WORKFLOW_CYCLE' },
    })
  })

  it('that are cancelled end at once, and the next one runs', async () => {
    const source = new CancellationTokenSource()
    const before = bridge.progress.length
    const running = bridge.connection.sendRequest(
      'run',
      { v: 1, ...common, call, workflow: workflow('slow'), inputs: [int('seed', 1)] },
      source.token,
    )
    await expect.poll(() => bridge.progress.length).toBeGreaterThan(before)
    source.cancel()
    await expect(running).rejects.toMatchObject({ code: -32_800 })
    const ran = (await ask('run', {
      ...common,
      call,
      workflow: workflow('add'),
      inputs: [int('n', 1), int('step', 1)],
    })) as Ran
    expect(trees(ran, 'sum')).toEqual([{ int: '2' }])
  })
})

describe('loops', () => {
  const loop = { ...common, iterations: 5, feedback: [['sum', 'n']], until: null, index: null, collect: false }

  it('feed an output back and give the last', async () => {
    const inputs = [int('n', 0), int('step', 2)]
    const ran = (await ask('loop', { ...loop, call, workflow: workflow('add'), inputs })) as Ran
    expect(trees(ran, 'sum')).toEqual([{ int: '10' }])
    expect(ran.rounds).toBe(5)
  })

  it('collect all rounds, count them for a port, and stop when a number is reached', async () => {
    const inputs = [int('n', 100)]
    const until = { output: 'sum', operator: '>=', value: 102 }
    const ran = (await ask('loop', {
      ...loop,
      call,
      workflow: workflow('add'),
      inputs,
      feedback: [],
      index: 'step',
      until,
      collect: true,
    })) as Ran
    expect(trees(ran, 'sum')).toEqual([{ int: '100' }, { int: '101' }, { int: '102' }])
    expect(ran.rounds).toBe(3)
  })
})

describe('models', () => {
  it('come in as recipes and go out as recipes, and room is made for them', async () => {
    const recipe = {
      type: 'CLIP',
      list: false,
      prompt: { 9: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }) },
      link: ['9', 1],
    }
    const before = bridge.asked.room
    const ran = (await ask('run', {
      ...common,
      call,
      models: 'unload',
      workflow: workflow('encode'),
      inputs: [{ unique_id: 'clip', recipe }],
    })) as Ran
    expect(ran.outputs).toMatchObject([
      { unique_id: 'conditioning', values: [{ recipe: { type: 'CONDITIONING', link: [expect.any(String), 0] } }] },
    ])
    expect(bridge.asked.room).toBe(before + 1)
    expect(ran.memory).toMatch(/5 MB outside before, 0 MB inside after/)
  })
})

describe('scripts', () => {
  const text = (body: string) => ({ text: body })
  const script = (body: string, params: object = {}) =>
    ask('script', { ...common, outputs: [], ...params, call, script: text(body) }) as Promise<Ran>

  it('are refused until the config allows them', async () => {
    await expect(script('return {}')).rejects.toMatchObject({ data: { code: 'SCRIPTS_DISABLED' } })
  })

  it('run workflows with their inputs, and what they return are the outputs', async () => {
    await writeFile(at('discomfort.bridge.json'), '{"scripts":"all"}')
    const ran = await script(
      `const n: number = inputs.n
       let sum = n
       while (sum < 20) ({ sum } = await discomfort.run('add.json', { context, inputs: { n: sum, step: 7 } }))
       progress(0.5, 'half')
       return { sum, ratio: 1, none: null }`,
      { inputs: [int('n', 4)], outputs: ['sum', 'ratio', 'none'], types: { ratio: 'FLOAT' } },
    )
    expect(trees(ran, 'sum')).toEqual([{ int: '25' }])
    expect(trees(ran, 'ratio')).toEqual([1])
    expect(trees(ran, 'none')).toEqual([])
    expect(bridge.progress.some(({ text: told }) => told === 'half')).toBe(true)
  })

  it('from files import what lies beside them and the library', async () => {
    await writeFile(at('scripts', 'helper.ts'), 'export const twice = (n: number): number => n * 2\n')
    await writeFile(
      at('scripts', 'main.ts'),
      `import { Image } from 'discomfort'
       import { twice } from './helper.ts'
       export default async ({ inputs }: { inputs: { n: number } }) => ({ n: twice(inputs.n), image: Image.solid?.name ?? typeof Image })`,
    )
    const ran = (await ask('script', {
      ...common,
      call,
      script: { path: 'main.ts' },
      inputs: [int('n', 4)],
      outputs: ['n', 'image'],
    })) as Ran
    expect(trees(ran, 'n')).toEqual([{ int: '8' }])
    expect(trees(ran, 'image')).toEqual(['function'])
  })

  it('tell the line that threw', async () => {
    await expect(script('const a = 1\n\nthrow new Error("no luck")')).rejects.toMatchObject({
      message: expect.stringMatching(/no luck \(.*node\.ts:3/),
      data: { code: 'SCRIPT_FAILED' },
    })
  })

  it('that never end can be stopped, and the bridge lives on', async () => {
    const source = new CancellationTokenSource()
    const running = bridge.connection.sendRequest(
      'script',
      { v: 1, ...common, outputs: [], call, script: text("progress(0.1, 'busy')\nfor (;;);") },
      source.token,
    )
    await expect.poll(() => bridge.progress.some(({ text: told }) => told === 'busy')).toBe(true)
    source.cancel()
    await expect(running).rejects.toMatchObject({ code: -32_800 })
    expect(await ask('ping', {})).toEqual({ v: 1 })
  })
})
