import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, DiscomfortError, type DiscomfortErrorCode, type ErrorDetails } from 'discomfort'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { node, port, through } from './support/prompts.ts'

let discomfort: Discomfort
let folder: string
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
  folder = await mkdtemp(join(tmpdir(), 'discomfort-bad-'))
})
afterAll(async () => {
  await discomfort.close()
  await rm(folder, { recursive: true, force: true })
})

/** Whatever happened, nothing waits or runs on the server, and the next run works. */
afterEach(async () => {
  const queue = (await (await fetch(`${inject('server')}/queue`)).json()) as Record<string, unknown[]>
  expect(queue).toEqual({ queue_running: [], queue_pending: [] })
  const { out } = await discomfort.run(through('TestInt', 'value'), { inputs: { in: 5 } })
  expect(out).toBe(5)
})

async function failure<Code extends DiscomfortErrorCode>(
  code: Code,
  work: PromiseLike<unknown>,
): Promise<{ message: string; details: ErrorDetails[Code] }> {
  const error: unknown = await Promise.resolve(work).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DiscomfortError)
  expect((error as DiscomfortError).code).toBe(code)
  return error as DiscomfortError<Code>
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

describe('bad input is a typed error that names the thing', () => {
  it('a missing file', async () => {
    const { message, details } = await failure('WORKFLOW_NOT_FOUND', discomfort.run('no-such-workflow.json'))
    expect(details.source).toBe('no-such-workflow.json')
    expect(message).toContain('no-such-workflow.json')
  })

  it('broken JSON, with the place', async () => {
    const path = await file('broken.json', '{ "nodes": [ {"id": 1, } ]')
    const { message } = await failure('WORKFLOW_INVALID', discomfort.run(path))
    expect(message).toContain('broken.json')
    expect(message).toMatch(/position|line|column/i)
  })

  it('JSON that is no workflow', async () => {
    const path = await file('recipe.json', '{ "flour": "500 g" }')
    const { details } = await failure('WORKFLOW_INVALID', discomfort.run(path))
    expect(details.source).toContain('recipe.json')
  })

  it('node types that the server does not have, and which nodes use them', async () => {
    const output = (link: number) => [{ name: 'LATENT', type: 'LATENT', links: [link] }]
    const type = 'SuperSampler9000'
    const workflow = {
      nodes: [
        {
          id: 7,
          type,
          title: 'My sampler',
          properties: { aux_id: 'someone/super-nodes' },
          inputs: [],
          outputs: output(1),
          mode: 0,
        },
        { id: 9, type, inputs: [{ name: 'latent', type: 'LATENT', link: 1 }], outputs: output(2), mode: 0 },
        {
          id: 10,
          type: 'SaveLatent',
          inputs: [{ name: 'samples', type: 'LATENT', link: 2 }],
          outputs: [],
          widgets_values: ['x'],
          mode: 0,
        },
      ],
      links: [
        [1, 7, 0, 9, 0, 'LATENT'],
        [2, 9, 0, 10, 0, 'LATENT'],
      ],
      version: 0.4,
    }
    const { message, details } = await failure('WORKFLOW_NODES_MISSING', discomfort.run(workflow))
    expect(details.missing).toMatchObject([
      { type: 'SuperSampler9000', pack: 'someone/super-nodes', nodes: [{ id: '7', title: 'My sampler' }, { id: '9' }] },
    ])
    expect(message).toContain('SuperSampler9000')
    const prompt: Prompt = { 3: node('SuperSampler9000'), 4: node('PreviewImage', { images: ['3', 0] }) }
    const api = await failure('WORKFLOW_NODES_MISSING', discomfort.run(prompt))
    expect(api.details.missing).toMatchObject([{ type: 'SuperSampler9000', nodes: [{ id: '3' }] }])
  })

  it('unbound ports, all at once and before anything is sent', async () => {
    const prompt = {
      a: port('first'),
      b: port('second'),
      one: node('InvertMask', { mask: ['a', 0] }),
      two: node('ImageInvert', { image: ['b', 0] }),
      out: port('out', ['one', 0]),
      out2: port('out2', ['two', 0]),
    }
    const sent = discomfort.connector.requestCount
    const { details } = await failure(
      'PORT_UNBOUND',
      discomfort.run([through('TestInt', 'value', {}), prompt], { inputs: { in: 1 } }),
    )
    expect(details.ports.map(({ uniqueId, type }) => [uniqueId, type])).toEqual([
      ['first', 'MASK'],
      ['second', 'IMAGE'],
    ])
    expect(discomfort.connector.requestCount).toBe(sent)
  })

  it('a value of the wrong type, from the call and from a context', async () => {
    const { details } = await failure(
      'VALUE_TYPE',
      discomfort.run(through('ImageInvert', 'image'), { inputs: { in: 'text' } }),
    )
    expect(details).toMatchObject({ key: 'in', expected: expect.stringContaining('IMAGE') })
    await using context = discomfort.context()
    await context.save('in', 'text')
    const saved = await failure('VALUE_TYPE', discomfort.run(through('ImageInvert', 'image'), { context }))
    expect(saved.details).toMatchObject({ key: 'in', expected: 'IMAGE', found: 'STRING' })
  })

  it('an input that nothing has, with the nearest names', async () => {
    const { details, message } = await failure(
      'ADDRESS_NOT_FOUND',
      discomfort.run(through('TestInt', 'value'), { inputs: { inn: 1 } }),
    )
    expect(details.candidates[0]).toBe('in')
    expect(message).toContain('"inn"')
    const twice = { 1: node('TestInt', { value: 1 }), 2: node('TestInt', { value: 2 }), out: port('out', ['1', 0]) }
    const { details: ambiguous } = await failure(
      'ADDRESS_AMBIGUOUS',
      discomfort.run(twice, { inputs: { 'TestInt.value': 1 } }),
    )
    expect(ambiguous.candidates).toEqual(['1.value', '2.value'])
  })

  it('an option that nobody reads', async () => {
    const { details } = await failure(
      'CONFIG_INVALID',
      discomfort.run(through('TestInt', 'value'), { input: { in: 1 } } as object),
    )
    expect(details.nearest).toBe('inputs')
  })

  it('two OUTPUT ports of one id', async () => {
    const prompt = { 1: node('TestInt', { value: 1 }), a: port('out', ['1', 0]), b: port('out', ['1', 0]) }
    const { details } = await failure('PORT_DUPLICATE', discomfort.run(prompt))
    expect(details).toMatchObject({ uniqueId: 'out', nodes: ['a', 'b'] })
  })

  it('keeps 2^53+1 exact from a file', async () => {
    const path = await file(
      'seed.json',
      '{"1":{"class_type":"TestInt","inputs":{"value":9007199254740993}},"2":{"class_type":"DiscomfortPort","inputs":{"unique_id":"out","tags":"","value":["1",0]}}}',
    )
    const { out } = await discomfort.run(path, { outputs: { out: 'BIGINT' } })
    expect(out).toBe(9007199254740993n)
    await failure('INT_UNSAFE', discomfort.run(path, { outputs: { out: 'INT' } }))
  })

  it('a node that raises: its id, title, class, message and traceback', async () => {
    const prompt = {
      4: { ...node('TestFail', { message: 'no such colour' }), _meta: { title: 'Paint it' } },
      out: port('out', ['4', 0]),
    }
    const { details, message } = await failure('NODE_FAILED', discomfort.run(prompt))
    expect(details).toMatchObject({
      node: '4',
      title: 'Paint it',
      classType: 'TestFail',
      exceptionType: 'ValueError',
      exceptionMessage: 'no such colour',
    })
    expect(details.traceback.join('')).toContain('discomfort_test_nodes')
    expect(message).toContain('"Paint it"')
  })

  it('a failed workflow commits nothing, and what earlier ones of the list gave stays', async () => {
    await using context = discomfort.context()
    const half = {
      1: node('TestInt', { value: 2 }),
      2: node('TestFail', { value: ['1', 0], message: 'x' }),
      a: port('good', ['1', 0]),
      b: port('bad', ['2', 0]),
    }
    await failure('NODE_FAILED', discomfort.run([through('TestInt', 'value'), half], { context, inputs: { in: 8 } }))
    expect(context.listKeys().toSorted()).toEqual(['in', 'out'])
    expect(await context.load('out')).toBe(8)
  })

  it('a blocked output is no failure: the rest comes, and run.skipped says which is missing', async () => {
    for (const message of ['', 'not today']) {
      const prompt = {
        1: node('TestInt', { value: 3 }),
        2: node('TestBlock', { value: ['1', 0], block: true, message }),
        a: port('open', ['1', 0]),
        b: port('shut', ['2', 0]),
      }
      const run = discomfort.run(prompt)
      expect({ ...(await run) }).toEqual({ open: 3 })
      expect(run.skipped).toMatchObject([{ uniqueId: 'shut', reason: 'blocked' }])
      await failure('VALUE_NOT_FOUND', discomfort.run(prompt, { outputs: { shut: 'INT' } }))
    }
  })

  it('an answer 200 with node errors: the good branch is cancelled, then the error is raised', async () => {
    const prompt = {
      slow: node('TestSlow', { steps: 10_000, seed: Date.now() % 1_000_000 }),
      good: port('good', ['slow', 0]),
      latent: node('EmptyLatentImage', { width: 16, height: 16, batch_size: 1 }),
      bad: node('PreviewImage', { images: ['latent', 0] }),
    }
    const { details } = await failure('PROMPT_REJECTED', discomfort.run(prompt))
    expect(details.nodes).toMatchObject([{ node: 'bad', errors: [{ type: 'return_type_mismatch', input: 'images' }] }])
  })

  it('a run that takes too long, and one that is aborted: the job is cancelled on the server', async () => {
    const slow = { slow: node('TestSlow', { steps: 400, seed: 1 }), out: port('out', ['slow', 0]) }
    const { details } = await failure('TIMEOUT', discomfort.run(slow, { timeout: 300 }))
    expect(details.after).toBe(300)
    await failure('ABORTED', discomfort.run(slow, { signal: AbortSignal.timeout(300) }))
    const run = discomfort.run(slow)
    for await (const event of run) if (event.type === 'progress') break
    await run.cancel()
    await failure('ABORTED', run)
  })

  it('an OUTPUT port on what is no data, where data is asked for: the type, the port and the ways out', async () => {
    const prompt = {
      1: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
      2: port('model', ['1', 0]),
    }
    const { details, message } = await failure('PORT_TYPE_UNSUPPORTED', discomfort.run(prompt, { passBy: 'val' }))
    expect(details).toMatchObject({ uniqueId: 'model', type: 'MODEL', node: '2' })
    expect(message).toContain('"model"')
  })
})
