import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { ComfyPage } from '../support/comfy-page.ts'
import { draw } from '../support/draw.ts'
import type { PageWindow } from '../support/page-window.ts'
import { outputsAre, setWidget } from '../support/runner-nodes.ts'
import { removeWorkflow, saveWorkflow } from '../support/saved-workflows.ts'
import { it as plainIt } from '../support/with-page.ts'

const it = plainIt.override('drawing', 'elements')
const screenshots = fileURLToPath(new URL('../screenshots-out', import.meta.url))
const port = (unique_id: string) => ['DiscomfortPort', { unique_id }] as const

const element = (comfy: ComfyPage, id: string) => comfy.page.locator(`[data-node-id="${id}"]`)

it('a port shows its mode, its type and its colour where nodes are elements, too', async ({ comfy }) => {
  const nodes = await draw(comfy, { color: ['EmptyImage'], port: port('picture'), show: ['PreviewImage'] }, [
    ['color.IMAGE', 'port.value'],
  ])
  const node = element(comfy, nodes.port)
  await node.getByText('OUTPUT', { exact: true }).waitFor()
  expect(await node.getByText('IMAGE', { exact: true }).count()).toBe(2)
  const before = await node.locator('.lg-node-header').evaluate(background)
  await comfy.page.evaluate((ids) => {
    const { rootGraph } = (globalThis as unknown as PageWindow).app
    const show = rootGraph.getNodeById(ids.show)
    if (show) rootGraph.getNodeById(ids.port)?.connect(0, show, 0)
  }, nodes)
  await comfy.page.evaluate(() => {
    const { app } = globalThis as unknown as {
      app: { extensionManager: { workflow: { activeWorkflow: { changeTracker: { captureCanvasState(): void } } } } }
    }
    app.extensionManager.workflow.activeWorkflow.changeTracker.captureCanvasState()
  })
  await node.getByText('PASSTHRU', { exact: true }).waitFor()
  expect(await node.locator('.lg-node-header').evaluate(background)).not.toBe(before)
  await mkdir(screenshots, { recursive: true })
  await comfy.page.screenshot({ path: join(screenshots, 'ports-as-elements.png') })
  expect(comfy.errors).toEqual([])
})

function background(this: void, header: unknown): string {
  let shown = header as { readonly parentElement: unknown } | null
  for (; shown; shown = shown.parentElement as typeof shown) {
    const browser = globalThis as unknown as { getComputedStyle(one: unknown): { readonly backgroundColor: string } }
    const { backgroundColor } = browser.getComputedStyle(shown)
    if (backgroundColor !== 'rgba(0, 0, 0, 0)') return backgroundColor
  }
  return ''
}

it('a port is added from the menu of a node', async ({ comfy }) => {
  const nodes = await draw(comfy, { color: ['EmptyImage'], show: ['PreviewImage'] })
  await element(comfy, nodes.show).locator('.lg-node-header').click({ button: 'right' })
  await comfy.page.getByText('Add Discomfort port').hover()
  await comfy.page.getByText('Input: images').waitFor()
  await comfy.page.screenshot({ path: join(screenshots, 'menu-as-elements.png') })
  await comfy.page.getByText('Input: images').click()
  await comfy.page.waitForFunction(() => (globalThis as unknown as PageWindow).app.rootGraph.nodes.length === 3)
  const prompt = await comfy.prompt()
  expect(prompt[nodes.show]?.inputs['images']).toEqual([expect.any(String), 0])
})

it('"Run workflow" shows the sockets of the workflow that is chosen by its button', async ({ comfy }) => {
  const name = 'discomfort-test/elements.json'
  await draw(comfy, { picture: port('picture'), invert: ['ImageInvert'], inverted: port('inverted') }, [
    ['picture.value', 'invert.image'],
    ['invert.IMAGE', 'inverted.value'],
  ])
  await saveWorkflow(comfy, name, await comfy.saved())
  const nodes = await draw(comfy, { run: ['DiscomfortTestRunner'], script: ['DiscomfortScript'] })
  const run = element(comfy, nodes.run)
  await run.getByText('Choose workflow').click()
  await comfy.page.getByText(name, { exact: true }).click()
  await outputsAre(comfy, nodes.run, ['inverted'])
  await run.getByText('picture', { exact: true }).waitFor()
  await run.getByText('inverted', { exact: true }).waitFor()
  // What its sockets are called follows.
  await setWidget(comfy, nodes.script, 'outputs', 'one: INT')
  const script = element(comfy, nodes.script)
  await script.getByText('one', { exact: true }).waitFor()
  await setWidget(comfy, nodes.script, 'outputs', 'two: INT, one: INT')
  await script.getByText('two', { exact: true }).waitFor()
  await comfy.page.screenshot({ path: join(screenshots, 'run-workflow-as-elements.png') })
  expect(comfy.errors).toEqual([])
  await removeWorkflow(comfy, name)
})
