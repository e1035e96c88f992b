import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import { ComfyConnector } from '../../src/server/connector.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { failure } from '../support/failure.ts'
import { fakeComfyUI } from '../../src/testing/fake-comfyui.ts'
import { until } from '../support/until.ts'
import { guardedServer } from './support/guarded-server.ts'

const example = fileURLToPath(new URL('../../examples/attach/text-to-image.json', import.meta.url))
const via = 'frontend'

/** A workflow of one node, or of one that feeds a PreviewImage. */
function workflowOf(type: string, widgets: readonly unknown[], feeds?: 'IMAGE'): Workflow {
  const drawn = { size: [400, 400], flags: {}, mode: 0, properties: {}, inputs: [], outputs: [], widgets_values: [] }
  const node = (id: number, more: object) => ({ ...drawn, id, pos: [id * 500, 100], order: id, ...more })
  const outputs = feeds ? [{ name: feeds, type: feeds, links: [1] }] : []
  const nodes = [node(1, { type, title: 'Mine', outputs, widgets_values: widgets })] as object[]
  if (feeds) nodes.push(node(2, { type: 'PreviewImage', inputs: [{ name: 'images', type: feeds, link: 1 }] }))
  const links = feeds ? [[1, 1, 0, 2, 0, feeds]] : []
  return { version: 0.4, last_node_id: 2, last_link_id: 1, nodes, links } as unknown as Workflow
}

const scene = workflowOf('Load3D', ['', '', '', 512, 512])

/** The browsers that this process has started and that still run. */
async function ourBrowsers(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'ppid=,stat=,args='])
  const started = new RegExp(`^\\s*${process.pid}\\s+[^Z\\s]\\S*\\s.*remote-debugging-pipe`)
  return stdout.split('\n').filter((line) => started.test(line))
}

/** What the server keeps for its user. */
async function keptByServer(): Promise<unknown> {
  const read = async (path: string) => (await fetch(inject('server') + path)).text()
  return Promise.all(['/settings', '/userdata?dir=.&recurse=true&full_info=true', '/queue'].map(read))
}

describe('the frontend as the one that converts', () => {
  it('gives what our own conversion gives for a workflow without secrets, and leaves no browser', async () => {
    await using comfy = await ComfyConnector.create({ server: inject('server') })
    const prompt = await comfy.getPromptFromWorkflow(example, { via })
    expect(prompt).toEqual(await comfy.getPromptFromWorkflow(example))
    expect(Object.keys(prompt).length).toBeGreaterThan(5)
    expect(await ourBrowsers()).toEqual([])
  })

  it('draws the pictures of a Load3D, of which our conversion warns', async () => {
    await using comfy = await ComfyConnector.create({ server: inject('server') })
    const { warnings } = workflowToPrompt(scene, await comfy.nodeDefinitions())
    expect(warnings).toMatchObject([{ node: '1', message: expect.stringContaining("via: 'frontend'") as string }])
    const prompt = await comfy.getPromptFromWorkflow(scene, { via })
    const image = prompt['1']?.inputs['image'] as { image: string }
    const [, name] = /^threed\/(scene_\d+\.png) \[temp\]$/.exec(image.image) ?? []
    const picture = await fetch(`${comfy.serverAddress}/view?type=temp&subfolder=threed&filename=${name}`)
    expect(picture.headers.get('content-type')).toBe('image/png')
  })

  it('changes nothing that the server keeps, not even on the first visit, and sends a token everywhere', async () => {
    const isFirst = JSON.stringify({ 'Comfy.TutorialCompleted': false, 'Comfy.InstalledVersion': '0.0.1' })
    await fetch(`${inject('server')}/settings`, { method: 'POST', body: isFirst })
    const before = await keptByServer()
    await using gate = await guardedServer(inject('server'))
    await using comfy = await ComfyConnector.create({ server: gate.address, token: gate.token })
    const prompt = await comfy.getPromptFromWorkflow(scene, { via })
    expect(prompt).toMatchObject({ 1: { class_type: 'Load3D' } })
    expect(await keptByServer()).toEqual(before)
    // Icons are fetched by the browser, not by the page.
    expect(gate.refused.filter((line) => !line.includes('/favicon'))).toEqual([])
    expect(gate.passed).toEqual(expect.arrayContaining(['GET /', 'GET /api/settings', 'SOCKET /ws']))
    const written = gate.passed.filter((line) => !/^(GET|SOCKET) /.test(line))
    expect(new Set(written)).toEqual(new Set(['POST /api/upload/image']))
  })

  it('names node types that are missing', async () => {
    await using comfy = await ComfyConnector.create({ server: inject('server') })
    const workflow = workflowOf('NoSuchImage', [], 'IMAGE')
    const { details } = await failure('WORKFLOW_NODES_MISSING', comfy.getPromptFromWorkflow(workflow, { via }))
    expect(details.missing).toEqual([{ type: 'NoSuchImage', nodes: [{ id: '1', title: 'Mine' }] }])
    const { details: ours } = await failure('WORKFLOW_NODES_MISSING', comfy.getPromptFromWorkflow(workflow))
    expect(ours.missing).toEqual(details.missing)
    expect(await ourBrowsers()).toEqual([])
  })

  it('says what it cannot open', async () => {
    await using comfy = await ComfyConnector.create({ server: inject('server') })
    const broken = { ...scene, groups: [null] }
    const { message } = await failure('WORKFLOW_INVALID', comfy.getPromptFromWorkflow(broken, { via }))
    expect(message).toMatch(/^ComfyUI's page cannot open "workflow": TypeError/)
  })
})

describe('asking the page', () => {
  it('ends when the caller aborts it or the connector is shut down, and leaves no browser', async () => {
    const controller = new AbortController()
    const comfy = await ComfyConnector.create({ server: inject('server') })
    const aborted = failure('ABORTED', comfy.getPromptFromWorkflow(example, { via, signal: controller.signal }))
    await until(async () => (await ourBrowsers()).length > 0)
    controller.abort()
    await aborted
    expect(await ourBrowsers()).toEqual([])
    await failure('ABORTED', comfy.getPromptFromWorkflow(scene, { via, signal: AbortSignal.abort() }))

    const closed = failure('CLOSED', comfy.getPromptFromWorkflow(example, { via }))
    await until(async () => (await ourBrowsers()).length > 0)
    await comfy.shutdown()
    expect(await ourBrowsers()).toEqual([])
    await closed
    await failure('CLOSED', comfy.getPromptFromWorkflow(example, { via }))
  })

  it('ends in time where a page never becomes ready', async () => {
    await using site = await fakeComfyUI({
      intercept: ({ path }) => (path === '/' ? { status: 200, body: '<html>Loading</html>' } : undefined),
    })
    await using comfy = await ComfyConnector.create({ server: site.url })
    const { message, details } = await failure('TIMEOUT', comfy.getPromptFromWorkflow(scene, { via, timeout: 2000 }))
    expect(message).toContain(site.url)
    expect(details).toEqual({ after: 2000, what: "ComfyUI's page" })
    expect(await ourBrowsers()).toEqual([])
  })

  it('says where a server has no page, wants a token for it, or has gone', async () => {
    let status = 404
    const site = await fakeComfyUI({
      intercept: ({ path }) => (path === '/' ? { status, body: '' } : undefined),
    })
    await using comfy = await ComfyConnector.create({ server: site.url })
    await failure('SERVER_INCOMPATIBLE', comfy.getPromptFromWorkflow(scene, { via }))
    status = 401
    await failure('SERVER_UNAUTHORIZED', comfy.getPromptFromWorkflow(scene, { via }))
    await site[Symbol.asyncDispose]()
    const { details } = await failure('SERVER_UNREACHABLE', comfy.getPromptFromWorkflow(scene, { via }))
    expect(details).toEqual({ url: site.url, reason: 'ERR_CONNECTION_REFUSED' })
    expect(await ourBrowsers()).toEqual([])
  })
})
