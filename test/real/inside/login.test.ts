import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { discomfortHome } from '../../../src/home.ts'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { olderComfyUI } from '../support/older-comfyui.ts'
import { node, port } from '../support/prompts.ts'
import { startOuterServer, type OuterServer } from './support/outer-server.ts'
import { ended, failureOf, post, type Ended } from './support/post-prompt.ts'

/** Gives digests of the login that it runs under, and saves a picture. */
const who = {
  in: port('seed'),
  who: node('TestLogin', { seed: ['in', 0] }),
  out: port('who', ['who', 0]),
  picture: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 1 }),
  save: node('SaveImage', { images: ['picture', 0], filename_prefix: 'inner' }),
}
const failing = {
  ...who,
  fail: node('TestFail', { message: 'it broke', value: ['who', 0] }),
  last: port('x', ['fail', 0]),
}
const token = 'secret-token-of-the-page'
const key = 'secret-key-of-the-page'
const digests = (...secrets: readonly (string | null)[]) =>
  secrets
    .map((secret) =>
      createHash('sha256')
        .update(secret ?? 'None')
        .digest('hex')
        .slice(0, 8),
    )
    .join(' ')
const models = 'keep'

describe.each(['0.30.0', '0.16.3'])('the login of the page in ComfyUI %s', (version) => {
  let outer: OuterServer
  const answers: string[] = []
  beforeAll(async () => {
    const launch = inject('launch')
    const comfyui = version === '0.16.3' ? await olderComfyUI(launch.python) : launch.comfyui
    const more = { DISCOMFORT_LOG: 'debug', DISCOMFORT_API_KEY: 'key-of-the-environment' }
    outer = await startOuterServer({ ...launch, comfyui }, more)
    await outer.save('who.json', who)
    await outer.save('failing.json', failing)
    await outer.configure({ scripts: 'all' })
  })
  afterAll(() => outer?.[Symbol.asyncDispose]())

  let seed = 0
  async function run(class_type: string, inputs: object, login: object): Promise<Ended> {
    const prompt: Prompt = {
      1: node('TestInt', { value: (seed += 1) }),
      2: node(class_type, { models, ...inputs, input_0: ['1', 0] }),
      3: node('PreviewAny', { source: ['2', 0] }),
      4: node('EmptyImage', { width: 16, height: 16, batch_size: 1, color: 1 }),
      5: node('SaveImage', { images: ['4', 0], filename_prefix: 'outer' }),
    }
    const extra = { ...login, extra_pnginfo: { workflow: { nodes: [], links: [], version: 0.4 } } }
    const posted = await post(outer.address, prompt, extra)
    const end = await ended(outer.address, posted?.id ?? '', 90_000)
    answers.push(JSON.stringify(end))
    return end
  }
  const loop = { iterations: 2, feedback: '', until: '', index: '', results: 'last' }
  const script = (text: string) => ({ script: text, inputs: 'seed: INT', outputs: 'who: STRING', pure: false })
  const single = `return discomfort.run('who.json', { inputs })`
  const mapped = `const [result] = await discomfort.map('who.json', [inputs])\nreturn result.outputs`
  const ways: [string, string, object][] = [
    ['a workflow', 'DiscomfortTestRunner', { workflow_path: 'who.json' }],
    ['a loop', 'DiscomfortLoop', { workflow_path: 'who.json', ...loop }],
    ['a switch', 'DiscomfortSwitch', { choice: 'a', workflows: 'a: who.json' }],
    ['a run of a script', 'DiscomfortScript', script(single)],
    ['a map of a script', 'DiscomfortScript', script(mapped)],
  ]

  it.each(ways)('reaches the nodes inside %s, in place of the key of the environment', async (_name, type, inputs) => {
    const both = await run(type, inputs, { auth_token_comfy_org: token, api_key_comfy_org: key })
    expect(failureOf(both)).toBeUndefined()
    expect(both.outputs['3']?.['text']).toEqual([digests(token, key)])
    expect((await run(type, inputs, { auth_token_comfy_org: token })).outputs['3']?.['text']).toEqual([
      digests(token, null),
    ])
    expect((await run(type, inputs, {})).outputs['3']?.['text']).toEqual([digests(null, 'key-of-the-environment')])
  })

  it('changes nothing that ComfyUI keeps: what was computed for one login is there for the next', async () => {
    const inputs = { workflow_path: 'who.json' }
    const first = await run('DiscomfortTestRunner', inputs, { auth_token_comfy_org: token })
    seed -= 1
    const second = await run('DiscomfortTestRunner', inputs, { auth_token_comfy_org: 'another' })
    const cached = second.status.messages.find(([name]) => name === 'execution_cached')?.[1]
    expect(cached?.['nodes']).toEqual(expect.arrayContaining(['1', '2', '3']))
    expect(second.outputs['3']?.['text']).toEqual(first.outputs['3']?.['text'])
  })

  it('stands in no log, error, history, picture, prompt or answer', async () => {
    const login = { auth_token_comfy_org: token, api_key_comfy_org: key }
    await run('DiscomfortTestRunner', { workflow_path: 'who.json' }, login)
    const failed = await run('DiscomfortTestRunner', { workflow_path: 'failing.json' }, login)
    expect(failureOf(failed)?.message).toContain('it broke')
    const thrown = await run('DiscomfortScript', script('throw new Error("no luck")'), login)
    expect(failureOf(thrown)?.message).toContain('no luck')

    const logs = join(discomfortHome(), 'logs')
    const files = [
      ...(await readdir(logs)).map((name) => join(logs, name)),
      ...(await filesIn(outer.output)),
      ...(await filesIn(outer.user)),
    ]
    expect(files.map((file) => basename(file))).toEqual(
      expect.arrayContaining(['inner_00001_.png', 'outer_00001_.png', `bridge-${outer.pid}.log`]),
    )
    const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const))
    const told = await Promise.all(
      ['/history', '/queue', '/object_info/DiscomfortScript'].map(async (path) => {
        return [path, await (await fetch(`${outer.address}${path}`)).text()] as const
      }),
    )
    const all = [...texts, ...told, ['answers', answers.join('\n')] as const, ['log', await outer.log()] as const]
    expect(all.filter(([, text]) => text.includes(token) || text.includes(key)).map(([name]) => name)).toEqual([])
    const debug = all.find(([name]) => name.endsWith(`bridge-${outer.pid}.log`))?.[1]
    expect(debug).toContain('job queued')
  })
})

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
