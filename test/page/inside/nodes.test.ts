import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { insideOf } from '../../real/inside/support/process-tree.ts'
import type { OuterServer } from '../../real/inside/support/outer-server.ts'
import type { ComfyPage } from '../support/comfy-page.ts'
import { draw } from '../support/draw.ts'
import type { PageWindow } from '../support/page-window.ts'
import { shownPictures } from '../support/read-node.ts'
import { clickButton, outputsAre, runnerSockets, setWidget } from '../support/runner-nodes.ts'
import { example, it, screenshot, wire } from './support.ts'

const blue = ['EmptyImage', { width: 64, height: 48, batch_size: 1, color: 0x0000ff }] as const

async function succeeds(comfy: ComfyPage) {
  const done = await comfy.queue()
  expect(done.status.messages.filter(([name]) => name === 'execution_error')).toEqual([])
  return done
}

describe('the example workflows', () => {
  /** Opens and runs one, and tells its ports' values that are shown. */
  async function run(comfy: ComfyPage, name: string) {
    await comfy.open(await example(`${name}.json`))
    const { outputs } = await succeeds(comfy)
    const shown = await shownPictures(comfy, await idOf(comfy, 'PreviewImage'))
    await screenshot(comfy, name)
    return { shown, outputs }
  }

  const idOf = (comfy: ComfyPage, type: string) =>
    comfy.page.evaluate(
      (wanted) =>
        (globalThis as unknown as PageWindow).app.rootGraph.nodes.find((node) => node.type === wanted)?.id ?? '',
      type,
    )

  // Two servers and a browser start for the first test.
  it('run a workflow', async ({ comfy }) => {
    expect((await run(comfy, 'run-workflow')).shown).toEqual([[256, 256]])
  })

  it('loop five times, each round with the picture of the one before', async ({ comfy }) => {
    const five = Array.from({ length: 5 }, () => [256, 256])
    expect((await run(comfy, 'loop-with-feedback')).shown).toEqual(five)
  })

  it('choose a workflow', async ({ comfy }) => {
    expect((await run(comfy, 'switch')).shown).toEqual([[256, 256]])
  })

  it('branch in a script on a score', async ({ comfy }) => {
    const { shown, outputs } = await run(comfy, 'script')
    expect(shown).toEqual([[256, 256]])
    expect(Number(outputs[await idOf(comfy, 'PreviewAny')]?.['text']?.[0])).toBeGreaterThan(0.8)
  })
})

describe('"Run workflow" in the page', () => {
  it('takes a saved workflow, has its sockets, and shows the picture that it gives', async ({ comfy }) => {
    const nodes = await draw(comfy, { run: ['DiscomfortTestRunner'], blue, show: ['PreviewImage'] })
    await clickButton(comfy, nodes.run, 'Choose workflow')
    await comfy.page.getByText('inner-fade.json', { exact: true }).click()
    await outputsAre(comfy, nodes.run, ['image'])
    expect((await runnerSockets(comfy, nodes.run)).inputs).toEqual([
      ['input_0', 'image', 'IMAGE'],
      ['input_1', 'amount', 'FLOAT'],
    ])
    await wire(comfy, [
      [`${nodes.blue}.IMAGE`, `${nodes.run}.input_0`],
      [`${nodes.run}.output_0`, `${nodes.show}.images`],
    ])
    await succeeds(comfy)
    expect(await shownPictures(comfy, nodes.show)).toEqual([[64, 48]])
  })

  it('has a model loaded once inside, and not outside', async ({ comfy, outer }) => {
    const file = join(outer.user, 'marks')
    const nodes = await draw(
      comfy,
      {
        load: ['CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }],
        mark: ['TestMark', { file }],
        encode: ['DiscomfortTestRunner', { models: 'keep' }],
        sample: ['DiscomfortTestRunner', { models: 'keep' }],
        again: ['DiscomfortTestRunner', { models: 'keep' }],
      },
      [['load.MODEL', 'mark.model']],
    )
    await setWidget(comfy, nodes.encode, 'workflow_path', 'encode.json')
    for (const id of [nodes.sample, nodes.again]) await setWidget(comfy, id, 'workflow_path', 'sample.json')
    await outputsAre(comfy, nodes.encode, ['conditioning'])
    await outputsAre(comfy, nodes.again, ['latent'])
    await wire(comfy, [[`${nodes.load}.CLIP`, `${nodes.encode}.input_0`]])
    for (const id of [nodes.sample, nodes.again])
      await wire(comfy, [
        [`${nodes.mark}.MODEL`, `${id}.input_0`],
        [`${nodes.encode}.output_0`, `${id}.input_1`],
      ])
    await succeeds(comfy)
    const marks = (await readFile(file, 'utf8')).trim().split('\n')
    expect(marks).toEqual([String(insideOf(outer.pid).servers[0]?.pid)])
  })

  it('shows on itself what failed inside, with the title of the inner node', async ({ comfy }) => {
    const nodes = await draw(comfy, { blue, run: ['DiscomfortTestRunner'], show: ['PreviewImage'] })
    await setWidget(comfy, nodes.run, 'workflow_path', 'fail.json')
    await outputsAre(comfy, nodes.run, ['image'])
    await wire(comfy, [
      [`${nodes.blue}.IMAGE`, `${nodes.run}.input_0`],
      [`${nodes.run}.output_0`, `${nodes.show}.images`],
    ])
    expect((await comfy.queue()).status.status_str).toBe('error')
    const told = await comfy.page.waitForFunction(() => (globalThis as unknown as PageWindow).app.lastExecutionError)
    expect(await told.jsonValue()).toMatchObject({
      node_id: nodes.run,
      exception_message: expect.stringMatching(/The breaking one[^]*the inner one broke/) as unknown,
    })
    await comfy.page.getByText('Run workflow failed').waitFor()
    await screenshot(comfy, 'inner-error', { x: 120, y: 60, width: 1470, height: 400 })
  })

  it('is a red frame when it is queued with a broken upstream', async ({ comfy }) => {
    const nodes = await draw(comfy, {
      run: ['DiscomfortTestRunner'],
      load: ['CheckpointLoaderSimple', { ckpt_name: 'no-such.ckpt' }],
    })
    await setWidget(comfy, nodes.run, 'workflow_path', 'encode.json')
    await outputsAre(comfy, nodes.run, ['conditioning'])
    await wire(comfy, [[`${nodes.load}.CLIP`, `${nodes.run}.input_0`]])
    await expect(comfy.queue()).rejects.toThrow(/no-such\.ckpt/)
    await comfy.page.waitForFunction(
      (id) => (globalThis as unknown as PageWindow).app.rootGraph.getNodeById(id)?.has_errors,
      nodes.load,
    )
  })

  it('is a red frame itself where its workflow is not there', async ({ comfy }) => {
    const nodes = await draw(comfy, { run: ['DiscomfortTestRunner'] })
    await setWidget(comfy, nodes.run, 'workflow_path', 'nowhere.json')
    await expect(comfy.queue()).rejects.toThrow(/nowhere\.json/)
    await comfy.page.waitForFunction(
      (id) => (globalThis as unknown as PageWindow).app.rootGraph.getNodeById(id)?.has_errors,
      nodes.run,
    )
  })
})

describe('the stop button', () => {
  it('stops the inner run of a loop within 2 s, and the next queue works', async ({ comfy, outer }) => {
    const nodes = await draw(comfy, {
      loop: ['DiscomfortLoop', { iterations: 5 }],
      seed: ['TestInt', { value: 7 }],
      show: ['PreviewAny'],
    })
    await setWidget(comfy, nodes.loop, 'workflow_path', 'slow.json')
    await outputsAre(comfy, nodes.loop, ['seed'])
    await wire(comfy, [
      [`${nodes.seed}.INT`, `${nodes.loop}.input_0`],
      [`${nodes.loop}.output_0`, `${nodes.show}.source`],
    ])
    const queued = comfy.queue()
    await expect.poll(() => innerJobs(outer)).toBe(1)
    await comfy.page.getByRole('button', { name: 'Cancel current run' }).click()
    const clicked = performance.now()
    await expect.poll(() => innerJobs(outer), { timeout: 2000 }).toBe(0)
    expect(performance.now() - clicked).toBeLessThan(2000)
    expect((await queued).status.messages.map(([name]) => name)).toContain('execution_interrupted')
    await setWidget(comfy, nodes.loop, 'workflow_path', 'count.json')
    await outputsAre(comfy, nodes.loop, ['number', 'done'])
    await wire(comfy, [
      [`${nodes.seed}.INT`, `${nodes.loop}.input_0`],
      [`${nodes.loop}.output_0`, `${nodes.show}.source`],
    ])
    expect((await succeeds(comfy)).outputs[nodes.show]?.['text']).toEqual(['12'])
  })

  /** How much the nested server works on. */
  async function innerJobs(outer: OuterServer): Promise<number> {
    const command = insideOf(outer.pid).servers[0]?.command ?? []
    const address = `http://127.0.0.1:${command[command.indexOf('--port') + 1]}`
    return ((await (await fetch(`${address}/queue`)).json()) as { queue_running: unknown[] }).queue_running.length
  }
})
