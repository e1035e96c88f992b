import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'
import { workflowToPrompt } from '../../../src/prompt/workflow-to-prompt.ts'
import type { Workflow } from '../../../src/workflow/document.ts'
import type { ComfyPage } from '../support/comfy-page.ts'
import { draw } from '../support/draw.ts'
import type { PageWindow } from '../support/page-window.ts'
import { titlePoint } from '../support/points.ts'
import { clickButton, outputsAre, runnerSockets, setWidget } from '../support/runner-nodes.ts'
import { removeWorkflow, saveWorkflow } from '../support/saved-workflows.ts'
import { it } from '../support/with-page.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-page-'))
})
afterAll(() => rm(folder, { recursive: true }))

const port = (unique_id: string) => ['DiscomfortPort', { unique_id }] as const

/** number → result, picture → inverted. */
async function drawFirst(comfy: ComfyPage): Promise<Workflow> {
  await draw(
    comfy,
    {
      number: port('number'),
      int: ['TestInt', { value: 3 }],
      result: port('result'),
      picture: port('picture'),
      invert: ['ImageInvert'],
      inverted: port('inverted'),
    },
    [
      ['number.value', 'int.value'],
      ['int.INT', 'result.value'],
      ['picture.value', 'invert.image'],
      ['invert.IMAGE', 'inverted.value'],
    ],
  )
  return comfy.saved()
}

/** Without number and result; what it shares stands first, and it has a text. */
async function drawSecond(comfy: ComfyPage): Promise<Workflow> {
  await draw(
    comfy,
    {
      picture: port('picture'),
      invert: ['ImageInvert'],
      inverted: port('inverted'),
      text: port('text'),
      string: ['PrimitiveString', { value: 'x' }],
      said: port('said'),
    },
    [
      ['picture.value', 'invert.image'],
      ['invert.IMAGE', 'inverted.value'],
      ['text.value', 'string.value'],
      ['string.STRING', 'said.value'],
    ],
  )
  return comfy.saved()
}

const first = 'discomfort-test/first.json'
const second = 'discomfort-test/second.json'

async function saveBoth(comfy: ComfyPage): Promise<void> {
  await saveWorkflow(comfy, first, await drawFirst(comfy))
  await saveWorkflow(comfy, second, await drawSecond(comfy))
}

async function removeBoth(comfy: ComfyPage): Promise<void> {
  await removeWorkflow(comfy, first)
  await removeWorkflow(comfy, second)
}

/** A runner of the first workflow between nodes that fill and take all of it. */
async function drawRunner(comfy: ComfyPage) {
  const nodes = await draw(comfy, {
    // At the left, where no notes of the page cover it.
    run: ['DiscomfortTestRunner'],
    color: ['EmptyImage', { width: 16, height: 16 }],
    number: ['TestInt', { value: 5 }],
    show: ['PreviewImage'],
    result: ['TestInt'],
  })
  await setWidget(comfy, nodes.run, 'workflow_path', first)
  await outputsAre(comfy, nodes.run, ['result', 'inverted'])
  await comfy.page.evaluate((ids) => {
    const { rootGraph } = (globalThis as unknown as PageWindow).app
    const find = (id: string) => rootGraph.getNodeById(id) as NonNullable<ReturnType<typeof rootGraph.getNodeById>>
    const run = find(ids.run)
    const slot = (name: string) => run.inputs.findIndex((input) => input.name === name)
    find(ids.number).connect(0, run, slot('input_0'))
    find(ids.color).connect(0, run, slot('input_1'))
    run.connect(0, find(ids.result), 0)
    run.connect(1, find(ids.show), 0)
  }, nodes)
  return nodes
}

async function definitions(): Promise<NodeDefinitions> {
  return (await (await fetch(`${inject('server')}/object_info`)).json()) as NodeDefinitions
}

describe('the sockets of "Run workflow"', () => {
  it('are the ports of the workflow that is chosen from the saved ones', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await draw(comfy, { run: ['DiscomfortTestRunner'] })
    expect(await runnerSockets(comfy, nodes.run)).toEqual({ inputs: [], outputs: [] })
    await clickButton(comfy, nodes.run, 'Choose workflow')
    await comfy.page.getByText(first, { exact: true }).click()
    await outputsAre(comfy, nodes.run, ['result', 'inverted'])
    expect(await runnerSockets(comfy, nodes.run)).toEqual({
      inputs: [
        ['input_0', 'number', 'INT'],
        ['input_1', 'picture', 'IMAGE'],
      ],
      outputs: [
        ['output_0', 'result', 'INT'],
        ['output_1', 'inverted', 'IMAGE'],
      ],
    })
    const { inputs } = (await comfy.prompt())[nodes.run] ?? {}
    expect(inputs).toMatchObject({ workflow_path: first })
    expect(JSON.parse(String(inputs?.['ports']))).toEqual({
      inputs: [
        ['number', 'INT'],
        ['picture', 'IMAGE'],
      ],
      outputs: [
        ['result', 'INT'],
        ['inverted', 'IMAGE'],
      ],
    })
    await removeBoth(comfy)
  })

  it('are numbered in the prompt as the server declares them, in the page as in the library', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await drawRunner(comfy)
    const prompt = await comfy.prompt()
    expect(prompt[nodes.run]?.inputs).toMatchObject({ input_0: [nodes.number, 0], input_1: [nodes.color, 0] })
    expect(prompt[nodes.result]?.inputs).toEqual({ value: [nodes.run, 0] })
    expect(prompt[nodes.show]?.inputs).toEqual({ images: [nodes.run, 1] })
    const ours = workflowToPrompt(await comfy.saved(), await definitions())
    expect(ours.prompt).toEqual(prompt)
    expect(ours.warnings).toEqual([])
    await removeBoth(comfy)
  })

  it('keep their links by the ids of ports when another workflow is chosen, and tell which are gone', async ({
    comfy,
  }) => {
    await saveBoth(comfy)
    const nodes = await drawRunner(comfy)
    await setWidget(comfy, nodes.run, 'workflow_path', second)
    await outputsAre(comfy, nodes.run, ['inverted', 'said'])
    const prompt = await comfy.prompt()
    expect(prompt[nodes.run]?.inputs).toMatchObject({ input_0: [nodes.color, 0] })
    expect(prompt[nodes.run]?.inputs).not.toHaveProperty('input_1')
    expect(prompt[nodes.show]?.inputs).toEqual({ images: [nodes.run, 0] })
    expect(prompt[nodes.result]?.inputs).toEqual({ value: expect.any(Number) as number })
    await comfy.page.getByText('Links are gone, since their ports are: "number", "result".').waitFor()
    expect(workflowToPrompt(await comfy.saved(), await definitions()).prompt).toEqual(prompt)
    await removeBoth(comfy)
  })

  it('are there again with their links when the graph is opened, also when the page begins anew', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await drawRunner(comfy)
    const [prompt, saved] = [await comfy.prompt(), await comfy.saved()]
    await comfy.open(saved)
    expect(await comfy.prompt()).toEqual(prompt)
    await outputsAre(comfy, nodes.run, ['result', 'inverted'])
    const again = await comfy.saved()
    expect(again.links).toEqual(saved.links)
    expect(again.nodes.find(({ id }) => String(id) === nodes.run)).toEqual(
      saved.nodes.find(({ id }) => String(id) === nodes.run),
    )
    // The file may have changed meanwhile.
    await saveWorkflow(comfy, first, await drawSecond(comfy))
    await comfy.open(saved)
    await outputsAre(comfy, nodes.run, ['inverted', 'said'])
    expect((await comfy.prompt())[nodes.show]?.inputs).toEqual({ images: [nodes.run, 0] })
    await removeBoth(comfy)
  })

  it('come with a prompt that the page draws', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await drawRunner(comfy)
    const prompt = await comfy.prompt()
    await draw(comfy, {})
    await comfy.page.evaluate(
      (drawn) =>
        (globalThis as unknown as { app: { loadApiJson(prompt: object, name: string): void } }).app.loadApiJson(
          drawn,
          'p',
        ),
      prompt,
    )
    expect(await comfy.prompt()).toEqual(prompt)
    await outputsAre(comfy, nodes.run, ['result', 'inverted'])
    await removeBoth(comfy)
  })

  it('are copied with the node, and bypassed as the library does it', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await drawRunner(comfy)
    await comfy.page.mouse.click(...(await titlePoint(comfy, nodes.run)))
    await comfy.page.keyboard.press('Control+c')
    await comfy.page.mouse.move(500, 620)
    await comfy.page.keyboard.press('Control+Shift+v')
    await comfy.page.waitForFunction(() => (globalThis as unknown as PageWindow).app.rootGraph.nodes.length === 6)
    const prompt = await comfy.prompt()
    const copy = Object.keys(prompt).find((id) => prompt[id]?.class_type === 'DiscomfortTestRunner' && id !== nodes.run)
    expect(prompt[copy ?? '']?.inputs).toEqual(prompt[nodes.run]?.inputs)
    await comfy.page.mouse.click(...(await titlePoint(comfy, nodes.run)))
    await comfy.page.keyboard.press('Control+b')
    const bypassed = await comfy.prompt()
    expect(bypassed).not.toHaveProperty(nodes.run)
    expect(bypassed[nodes.show]?.inputs).toEqual({ images: [nodes.color, 0] })
    expect(workflowToPrompt(await comfy.saved(), await definitions()).prompt).toEqual(bypassed)
    await removeBoth(comfy)
  })

  it('are refreshed from the menu', async ({ comfy }) => {
    await saveBoth(comfy)
    const other = await drawSecond(comfy)
    const nodes = await drawRunner(comfy)
    await saveWorkflow(comfy, first, other)
    await comfy.page.mouse.click(...(await titlePoint(comfy, nodes.run)), { button: 'right' })
    await comfy.page.getByText('Refresh ports').click()
    await outputsAre(comfy, nodes.run, ['inverted', 'said'])
    await removeBoth(comfy)
  })

  it('stay as they are where the workflow is not there, which is told', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await drawRunner(comfy)
    await setWidget(comfy, nodes.run, 'workflow_path', 'no/such.json')
    await comfy.page.getByText('There is no workflow "no/such.json".').waitFor()
    await outputsAre(comfy, nodes.run, ['result', 'inverted'])
    await removeBoth(comfy)
  })

  it('are those of a file anywhere, by its whole path', async ({ comfy }) => {
    const file = join(folder, 'elsewhere.json')
    await writeFile(file, JSON.stringify(await drawSecond(comfy)))
    const nodes = await draw(comfy, { run: ['DiscomfortTestRunner'] })
    await setWidget(comfy, nodes.run, 'workflow_path', file)
    await outputsAre(comfy, nodes.run, ['inverted', 'said'])
    await clickButton(comfy, nodes.run, 'Open workflow')
    await comfy.page.waitForFunction(
      () =>
        (globalThis as unknown as PageWindow).app.rootGraph.nodes.filter(({ type }) => type === 'DiscomfortPort')
          .length === 4,
    )
  })

  it('belong to a workflow that "Open workflow" goes to', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await drawRunner(comfy)
    await clickButton(comfy, nodes.run, 'Open workflow')
    await comfy.page.waitForFunction((path) => {
      const { app } = globalThis as unknown as {
        app: { extensionManager: { workflow: { activeWorkflow: { path: string } | null } } }
      }
      return app.extensionManager.workflow.activeWorkflow?.path === `workflows/${path}`
    }, first)
    expect((await comfy.saved()).nodes.map(({ type }) => type)).toContain('ImageInvert')
    expect(comfy.errors).toEqual([])
    await removeBoth(comfy)
  })
})

describe('the other nodes that run something', () => {
  it('have sockets too: a loop as its workflow, a switch for all of its, a script by its names', async ({ comfy }) => {
    await saveBoth(comfy)
    const nodes = await draw(comfy, {
      loop: ['DiscomfortLoop'],
      switch: ['DiscomfortSwitch'],
      script: ['DiscomfortScript'],
    })
    await setWidget(comfy, nodes.loop, 'workflow_path', first)
    await setWidget(comfy, nodes.switch, 'workflows', `a: ${first}\nelse: ${second}`)
    await setWidget(comfy, nodes.script, 'inputs', 'image: IMAGE, strength')
    await setWidget(comfy, nodes.script, 'outputs', 'score: FLOAT, image: IMAGE')
    await outputsAre(comfy, nodes.loop, ['result', 'inverted'])
    await outputsAre(comfy, nodes.switch, ['result', 'inverted', 'said'])
    await outputsAre(comfy, nodes.script, ['score', 'image'])
    expect((await runnerSockets(comfy, nodes.switch)).inputs).toEqual([
      ['input_0', 'number', 'INT'],
      ['input_1', 'picture', 'IMAGE'],
      ['input_2', 'text', 'STRING'],
    ])
    expect((await runnerSockets(comfy, nodes.script)).inputs).toEqual([
      ['input_0', 'image', 'IMAGE'],
      ['input_1', 'strength', '*'],
    ])
    const prompt = await comfy.prompt()
    expect(workflowToPrompt(await comfy.saved(), await definitions()).prompt).toEqual(prompt)
    await removeBoth(comfy)
  })

  it('keep the links of a script when a name of it changes', async ({ comfy }) => {
    const nodes = await draw(comfy, { color: ['EmptyImage'], script: ['DiscomfortScript'], show: ['PreviewImage'] })
    await setWidget(comfy, nodes.script, 'inputs', 'image: IMAGE, strength')
    await setWidget(comfy, nodes.script, 'outputs', 'image: IMAGE')
    await comfy.page.evaluate((ids) => {
      const { rootGraph } = (globalThis as unknown as PageWindow).app
      const script = rootGraph.getNodeById(ids.script)
      const show = rootGraph.getNodeById(ids.show)
      if (!script || !show) return
      rootGraph.getNodeById(ids.color)?.connect(
        0,
        script,
        script.inputs.findIndex(({ name }) => name === 'input_0'),
      )
      script.connect(0, show, 0)
    }, nodes)
    await setWidget(comfy, nodes.script, 'inputs', 'picture: IMAGE, strength')
    await setWidget(comfy, nodes.script, 'outputs', 'score: FLOAT, image: IMAGE')
    await outputsAre(comfy, nodes.script, ['score', 'image'])
    const prompt = await comfy.prompt()
    expect(prompt[nodes.script]?.inputs).toMatchObject({ input_0: [nodes.color, 0] })
    expect(prompt[nodes.show]?.inputs).toEqual({ images: [nodes.script, 1] })
    expect((await runnerSockets(comfy, nodes.script)).inputs[0]).toEqual(['input_0', 'picture', 'IMAGE'])
  })
})

it('a broken node in front of "Run workflow" is framed red when it is queued', async ({ comfy }) => {
  await saveBoth(comfy)
  const nodes = await draw(comfy, { broken: ['ImageInvert'], run: ['DiscomfortTestRunner'] })
  await setWidget(comfy, nodes.run, 'workflow_path', second)
  await outputsAre(comfy, nodes.run, ['inverted', 'said'])
  await comfy.page.evaluate(async (ids) => {
    const { app } = globalThis as unknown as PageWindow
    const run = app.rootGraph.getNodeById(ids.run)
    if (run)
      app.rootGraph.getNodeById(ids.broken)?.connect(
        0,
        run,
        run.inputs.findIndex(({ name }) => name === 'input_0'),
      )
    await app.queuePrompt(0, 1)
  }, nodes)
  await comfy.page.waitForFunction(
    (id) => (globalThis as unknown as PageWindow).app.rootGraph.getNodeById(id)?.has_errors,
    nodes.broken,
  )
  await removeBoth(comfy)
})
