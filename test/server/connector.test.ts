import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ComfyConnector } from '../../src/server/connector.ts'
import { failure } from '../support/failure.ts'
import type { FakeRequest } from '../../src/testing/answer.ts'
import { fakeComfyUI } from '../../src/testing/fake-comfyui.ts'
import { temporaryFolder } from '../support/folders.ts'
import { definitions, node } from '../support/port-definitions.ts'
import { standInComfyUI } from '../support/stand-in-comfyui.ts'
import { until } from '../support/until.ts'

const prompt = { 1: node('Picture', {}, 'Mine') }

describe('a connector', () => {
  it('gives the history entry of a workflow, and what the socket told where history was cleared', async () => {
    let cleared = false
    await using server = await fakeComfyUI({
      intercept: ({ path }) => (cleared && path.startsWith('/history/') ? { status: 200, body: {} } : undefined),
      script(job) {
        job.output('1', { text: ['made'] })
        job.succeed()
      },
    })
    await using comfy = await ComfyConnector.create({ server: server.url })
    const entry = await comfy.runWorkflow(prompt)
    expect(entry).toMatchObject({ prompt: [0, server.submitted[0]?.promptId, prompt, {}, []] })
    cleared = true
    expect(await comfy.runWorkflow(prompt)).toMatchObject({
      outputs: { 1: { text: ['made'] } },
      status: { status_str: 'success' },
    })
  })

  it('says what failed', async () => {
    await using server = await fakeComfyUI({ script: (job) => job.fail({ node: '1' }) })
    await using comfy = await ComfyConnector.create({ server: server.url })
    const { details } = await failure('NODE_FAILED', comfy.runWorkflow(prompt))
    expect(details).toMatchObject({ node: '1', title: 'Mine' })
    expect(details).not.toHaveProperty('workflow')
  })

  it('fetches node definitions once, again when asked to, and after a failure', async () => {
    let fails = true
    await using server = await fakeComfyUI({
      definitions,
      intercept: ({ path }) => (fails && path === '/object_info' ? { status: 500, body: '' } : undefined),
    })
    await using comfy = await ComfyConnector.create({ server: server.url })
    await failure('SERVER_INCOMPATIBLE', comfy.nodeDefinitions())
    fails = false
    const [one, two] = await Promise.all([comfy.nodeDefinitions(), comfy.nodeDefinitions()])
    expect(two).toBe(one)
    expect(await comfy.nodeDefinitions({ refresh: true })).not.toBe(one)
    expect(server.requests.filter((path) => path === 'GET /object_info')).toHaveLength(3)
  })

  it('ends its jobs with CLOSED when it is shut down, and takes no more', async () => {
    await using server = await fakeComfyUI({ script: () => undefined })
    const comfy = await ComfyConnector.create({ server: server.url })
    const run = comfy.runWorkflow(prompt)
    await until(() => server.submitted.length === 1)
    const caught = failure('CLOSED', run)
    await Promise.all([comfy.shutdown(), comfy.killApi()])
    await caught
    await failure('CLOSED', comfy.runWorkflow(prompt))
    await until(() => server.openSockets === 0)
  })

  it('sends nothing that still waits for its socket when it is shut down', async () => {
    await using server = await fakeComfyUI()
    const comfy = await ComfyConnector.create({ server: server.url })
    const run = comfy.runWorkflow(prompt)
    await comfy.shutdown()
    await failure('CLOSED', run)
    expect(server.submitted).toEqual([])
    await until(() => server.openSockets === 0)
  })

  it('refuses what is no ComfyUI, and a server that does not answer in the time of the caller', async () => {
    for (const body of ['<html>Welcome</html>', { hello: 'world' }, null]) {
      await using site = await fakeComfyUI({ intercept: () => ({ status: 200, body }) })
      const { message } = await failure('SERVER_INCOMPATIBLE', ComfyConnector.create({ server: site.url }))
      expect(message).toContain('Is it a ComfyUI?')
    }
    await using mute = await fakeComfyUI({ intercept: () => 'none' })
    const signal = AbortSignal.timeout(50)
    await expect(ComfyConnector.create({ server: mute.url, signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('says where the socket of a server cannot be opened', async () => {
    await using server = await fakeComfyUI()
    const comfy = await ComfyConnector.create({ server: server.url })
    await server[Symbol.asyncDispose]()
    await failure('SERVER_UNREACHABLE', comfy.runWorkflow(prompt))
  })

  it('gives a prompt back as it is, and opens no page for it', async () => {
    await using server = await fakeComfyUI()
    await using comfy = await ComfyConnector.create({ server: server.url })
    const before = server.requests.length
    expect(await comfy.getPromptFromWorkflow(prompt, { via: 'frontend' })).toEqual(prompt)
    expect(server.requests.length).toBe(before)
  })

  it('refuses ways and options of conversion that it does not know', async () => {
    await using server = await fakeComfyUI()
    await using comfy = await ComfyConnector.create({ server: server.url })
    const refused = async (options: object) =>
      (await failure('CONFIG_INVALID', comfy.getPromptFromWorkflow(prompt, options))).message
    expect(await refused({ via: 'browser' })).toContain(`it takes 'definitions' or 'frontend'`)
    expect(await refused({ timeout: -1 })).toContain('it takes milliseconds')
    expect(await refused({ timeOut: 1 })).toContain('Did you mean "timeout"?')
  })

  it('shows neither password nor token in its address', async () => {
    await using server = await fakeComfyUI()
    await using comfy = await ComfyConnector.create({ server: server.url.replace('//', '//me:secret@'), token: 't' })
    expect(comfy.serverAddress).toBe(server.url)
    expect(comfy.wsAddress).toBe(`${server.url.replace('http', 'ws')}/ws?clientId=${comfy.clientId}`)
  })
})

describe('an upload', () => {
  it('goes to a folder of this connector, and the name that the server gives it counts', async () => {
    await using folder = await temporaryFolder('upload')
    const path = join(folder.path, 'a.png')
    await writeFile(path, 'pixels')
    const asked: FakeRequest[] = []
    await using server = await fakeComfyUI({
      intercept(request) {
        if (request.path !== '/upload/image') return undefined
        asked.push(request)
        const type = request.body.includes('\r\ntemp\r\n') ? 'temp' : 'input'
        return { status: 200, body: { name: 'a (1).png', subfolder: 'discomfort/x', type } }
      },
    })
    await using comfy = await ComfyConnector.create({ server: server.url })
    expect(await comfy.uploadData(path)).toEqual({
      name: 'a (1).png',
      subfolder: 'discomfort/x',
      type: 'input',
      widgetValue: 'discomfort/x/a (1).png',
    })
    expect(asked[0]?.body).toMatch(/filename="a.png"[^]*pixels[^]*discomfort\/[0-9a-f]{8}/)
    expect(asked[0]?.body).not.toContain('overwrite')
    const temp = await comfy.uploadData(path, { folderType: 'temp', subfolder: 'mine', overwrite: true })
    expect(temp.widgetValue).toBe('discomfort/x/a (1).png [temp]')
    const before = await comfy.nodeDefinitions()
    await comfy.uploadData(path)
    // Its name is a new choice of the nodes that read files.
    expect(await comfy.nodeDefinitions()).not.toBe(before)
    expect(asked[1]?.body).toMatch(/mine[^]*overwrite"[^]*true/)
  })

  it('that cannot be is an error: no such file, too big, what only our own servers can do', async () => {
    await using folder = await temporaryFolder('upload')
    const path = join(folder.path, 'a.png')
    await writeFile(path, 'pixels')
    await using server = await fakeComfyUI({
      intercept: ({ path }) => (path === '/upload/image' ? { status: 413, body: 'Too Large' } : undefined),
    })
    await using comfy = await ComfyConnector.create({ server: server.url })
    await failure('VALUE_NOT_FOUND', comfy.uploadData(join(folder.path, 'no.png')))
    expect((await failure('SERVER_INCOMPATIBLE', comfy.uploadData(path))).message).toContain('--max-upload-size')
    await failure('CONFIG_INVALID', comfy.uploadData(path, { isEphemeral: true }))
    await failure('CONFIG_INVALID', comfy.uploadData(path, { folderType: 'models', subfolder: 'loras' }))
  })

  it('of a model lies where ComfyUI finds it, and goes with the server', async () => {
    await using folder = await temporaryFolder('upload')
    process.env['DISCOMFORT_HOME'] = join(folder.path, 'home')
    try {
      const comfyui = join(folder.path, 'ComfyUI')
      const { python } = await standInComfyUI(comfyui, ['ready'])
      const path = join(folder.path, 'a.safetensors')
      await writeFile(path, 'weights')
      await mkdir(join(comfyui, 'models', 'loras'), { recursive: true })
      await writeFile(join(comfyui, 'models', 'loras', 'old.safetensors'), 'old')
      const comfy = await ComfyConnector.create({ comfyui, python })
      await failure('CONFIG_INVALID', comfy.uploadData(path, { folderType: 'models' }))
      const model = await comfy.uploadData(path, { folderType: 'models', subfolder: 'loras' })
      expect(model).toMatchObject({ widgetValue: 'a.safetensors', type: 'models' })
      expect(await readFile(join(comfyui, 'models', 'loras', 'a.safetensors'), 'utf8')).toBe('weights')
      await failure('EXPORT_EXISTS', comfy.uploadData(path, { folderType: 'models', subfolder: 'loras' }))
      await comfy.shutdown()
      expect(await readdir(join(comfyui, 'models', 'loras'))).toEqual(['old.safetensors'])
    } finally {
      delete process.env['DISCOMFORT_HOME']
    }
  })
})
