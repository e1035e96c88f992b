import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Discomfort } from 'discomfort'
import ts from 'typescript'
import { describe, expect, inject } from 'vitest'
import { port as portNode } from '../../support/port-definitions.ts'
import type { ComfyPage } from '../support/comfy-page.ts'
import { draw } from '../support/draw.ts'
import { badgeSays } from '../support/port-nodes.ts'
import type { PageWindow } from '../support/page-window.ts'
import { it } from '../support/with-page.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const screenshots = fileURLToPath(new URL('../screenshots-out', import.meta.url))
const port = (unique_id: string) => ['DiscomfortPort', { unique_id }] as const

async function openTab(comfy: ComfyPage): Promise<void> {
  if ((await comfy.page.locator('.discomfort-tab').count()) === 0)
    await comfy.page.getByRole('button', { name: 'Discomfort' }).first().click()
  await comfy.page.locator('.discomfort-tab').waitFor()
}

function drawAll(comfy: ComfyPage) {
  return draw(
    comfy,
    {
      seed: port('seed'),
      number: ['TestInt', { value: 7 }],
      result: port('result'),
      picture: port('picture'),
      invert: ['ImageInvert'],
      between: port('between'),
      show: ['PreviewImage'],
      inverted: port('inverted'),
    },
    [
      ['seed.value', 'number.value'],
      ['number.INT', 'result.value'],
      ['picture.value', 'invert.image'],
      ['invert.IMAGE', 'between.value'],
      ['between.value', 'show.images'],
      ['invert.IMAGE', 'inverted.value'],
    ],
  )
}

/** The headings of the tab, each with the rows below it. */
function rows(comfy: ComfyPage): Promise<Record<string, string[]>> {
  return comfy.page
    .locator('.discomfort-tab section')
    .first()
    .evaluate((section) => {
      const found: Record<string, string[]> = {}
      let list: string[] = []
      for (const child of (section as unknown as { children: Iterable<{ tagName: string; innerText: string }> })
        .children) {
        if (child.tagName === 'H3') found[child.innerText.toLowerCase()] = list = []
        else list.push(child.innerText.replaceAll('\n', ' '))
      }
      return found
    })
}

/** What the compiler says of a script that stands beside this test. */
function complaints(script: string): string[] {
  const file = fileURLToPath(new URL('snippet.ts', import.meta.url))
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object
  }
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [file] }, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const real = host.getSourceFile.bind(host)
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, script, version) : real(name, version, ...rest)
  const program = ts.createProgram([file], options, host)
  const source = program.getSourceFile(file)
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  )
}

describe('the tab at the side', () => {
  it('lists the ports of the open workflow, and follows it', async ({ comfy }) => {
    await drawAll(comfy)
    await openTab(comfy)
    await comfy.page.locator('.discomfort-tab').getByText('between').waitFor()
    expect(await rows(comfy)).toEqual({
      inputs: ['seed INT', 'picture IMAGE'],
      outputs: ['result INT', 'inverted IMAGE'],
      'passed through': ['between IMAGE'],
    })
    await mkdir(screenshots, { recursive: true })
    await comfy.page.screenshot({ path: join(screenshots, 'sidebar.png') })
    await draw(comfy, { alone: port('lonely'), color: ['EmptyImage'], nameless: port('') }, [
      ['color.IMAGE', 'nameless.value'],
    ])
    await comfy.page.locator('.discomfort-tab').getByText('lonely').waitFor()
    expect(await rows(comfy)).toEqual({
      warnings: [expect.stringContaining('This port has no unique_id.')],
      outputs: ['(no unique_id) IMAGE'],
      'not connected': ['lonely any'],
    })
    await draw(comfy, {})
    await comfy.page.getByText('This workflow has no Discomfort ports yet.').waitFor()
  })

  it('goes to a port, also into the subgraph that holds it', async ({ comfy }) => {
    const nodes = await drawAll(comfy)
    await openTab(comfy)
    await comfy.page.evaluate(() => {
      const { rootGraph } = (globalThis as unknown as PageWindow).app
      rootGraph.convertToSubgraph(new Set(rootGraph.nodes))
    })
    await comfy.page.locator('.discomfort-tab').getByText('between').click()
    await badgeSays(comfy, nodes.between, 'PASSTHRU')
    const selected = await comfy.page.evaluate(() => {
      const { canvas } = (globalThis as unknown as { app: { canvas: { selectedItems: Set<{ id: unknown }> } } }).app
      return [...canvas.selectedItems].map(({ id }) => String(id))
    })
    expect(selected).toEqual([nodes.between])
  })

  it('copies a script that runs it, and compiles', async ({ comfy }) => {
    await drawAll(comfy)
    await openTab(comfy)
    await comfy.page.locator('.discomfort-tab').getByText('between').waitFor()
    await comfy.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await comfy.page.getByText('Copy TypeScript').click()
    await comfy.page.getByText('A TypeScript script that runs this workflow.').waitFor()
    const script = await comfy.page.evaluate(() =>
      (
        globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
      ).navigator.clipboard.readText(),
    )
    expect(script).toContain(`Discomfort.create({ server: '${inject('server')}' })`)
    expect(script).toContain('seed: 7,')
    expect(script).toContain("picture: await Image.open('picture.png'),")
    expect(script).toContain("outputs: { result: 'INT', inverted: 'IMAGE' },")
    expect(complaints(script)).toEqual([])
  })

  it('tells what scripts ran here, and how it ended', async ({ comfy }) => {
    await drawAll(comfy)
    await openTab(comfy)
    await using discomfort = await Discomfort.create({ server: inject('server') })
    const number = { class_type: 'TestInt', inputs: { value: 1 } }
    await discomfort.run({ 1: number, 2: portNode('result', ['1', 0]) })
    const tab = comfy.page.locator('.discomfort-tab')
    await tab.getByText('success').first().waitFor()
    const fail = { class_type: 'TestFail', inputs: { message: 'on purpose' } }
    await discomfort.run({ 1: fail, 2: portNode('result', ['1', 0]) }).catch(() => undefined)
    await tab.getByText('error', { exact: true }).first().waitFor()
    expect(comfy.errors).toEqual([])
  })
})
