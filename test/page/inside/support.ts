import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { inject, it as plainIt } from 'vitest'
import { innerWorkflows } from '../../real/inside/support/inner-workflows.ts'
import { startOuterServer, type OuterServer } from '../../real/inside/support/outer-server.ts'
import { runPrompt } from '../../real/inside/support/post-prompt.ts'
import { olderComfyUI } from '../../real/support/older-comfyui.ts'
import { node } from '../../real/support/prompts.ts'
import { openComfyPage, type ComfyPage } from '../support/comfy-page.ts'
import type { PageWindow } from '../support/page-window.ts'

const examples = new URL('../../../comfy-nodes/discomfort/example_workflows/', import.meta.url)

/** One of the workflows that the pack brings. */
export async function example(name: string): Promise<object> {
  return JSON.parse(await readFile(new URL(name, examples), 'utf8')) as object
}

/**
 * Tests with the page of a ComfyUI as people run it, whose nested server is up; scripts are enabled. With
 * DISCOMFORT_OLDER=1 it is a ComfyUI 0.16.3.
 */
export const it = plainIt
  // oxlint-disable-next-line no-empty-pattern -- vitest reads from the pattern what a fixture needs
  .extend('outer', { scope: 'file' }, async ({}, { onCleanup }): Promise<OuterServer> => {
    const launch = inject('launch')
    const isOlder = process.env['DISCOMFORT_OLDER'] === '1'
    const comfyui = isOlder ? await olderComfyUI(launch.python) : launch.comfyui
    const outer = await startOuterServer({ ...launch, comfyui })
    onCleanup(() => outer[Symbol.asyncDispose]())
    for (const [name, workflow] of Object.entries(innerWorkflows)) await outer.save(name, workflow)
    for (const name of ['inner-fade.json', 'inner-invert.json']) await outer.save(name, await example(name))
    await outer.configure({ scripts: 'all' })
    const run = node('DiscomfortTestRunner', { workflow_path: 'count.json', models: 'keep', input_0: ['1', 0] })
    await runPrompt(outer.address, { 1: node('TestInt', { value: 1 }), 2: run }, 120_000)
    return outer
  })
  .extend('comfy', { scope: 'file' }, async ({ outer }, { onCleanup }) => {
    // It would cover nodes in screenshots.
    const settings = JSON.stringify({ 'Comfy.Minimap.Visible': false })
    await fetch(`${outer.address}/settings`, { method: 'POST', body: settings })
    const comfy = await openComfyPage(outer.address)
    onCleanup(() => comfy.close())
    return comfy
  })

/** A part of the screen. */
interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Writes a picture for the docs: `DISCOMFORT_SCREENSHOTS=1 npx vitest run --project page test/page/inside`. */
export async function screenshot(comfy: ComfyPage, name: string, place?: Place): Promise<void> {
  if (!process.env['DISCOMFORT_SCREENSHOTS']) return
  // What the page loads and draws after the end of a run.
  await comfy.page.waitForLoadState('networkidle')
  const shot = await comfy.page.screenshot({ clip: place ?? (await placeOfNodes(comfy)) })
  const file = fileURLToPath(new URL(`../../../docs/images/${name}.png`, import.meta.url))
  await mkdir(dirname(file), { recursive: true })
  await sharp(shot).png({ palette: true, colours: 64, compressionLevel: 9 }).toFile(file)
}

/** Where all nodes are on the screen, with some room around them. */
function placeOfNodes(comfy: ComfyPage): Promise<Place> {
  return comfy.page.evaluate(() => {
    const { app } = globalThis as unknown as PageWindow & {
      app: { canvas: { convertOffsetToCanvas(point: readonly [number, number]): [number, number] } }
    }
    const corners = app.rootGraph.nodes.flatMap((node) => {
      const [left = 0, top = 0, width = 0, height = 0] = Array.from(node.getBounding())
      return [
        app.canvas.convertOffsetToCanvas([left, top]),
        app.canvas.convertOffsetToCanvas([left + width, top + height]),
      ]
    })
    const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
    const [left, top] = [Math.max(70, Math.min(...xs) - 24), Math.max(90, Math.min(...ys) - 36)]
    const [right, bottom] = [Math.min(1590, Math.max(...xs) + 24), Math.min(890, Math.max(...ys) + 24)]
    return { x: left, y: top, width: right - left, height: bottom - top }
  })
}

/** Links sockets of nodes that are drawn already: `id.socket`. */
export async function wire(comfy: ComfyPage, wires: readonly (readonly [from: string, to: string])[]): Promise<void> {
  await comfy.page.evaluate((links) => {
    const { rootGraph } = (globalThis as unknown as PageWindow).app
    const find = (place: string) => {
      const [id = '', socket = ''] = place.split('.')
      const found = rootGraph.getNodeById(id)
      if (!found) throw new Error(`There is no node ${id}.`)
      return { found, socket }
    }
    for (const [from, to] of links) {
      const [source, target] = [find(from), find(to)]
      const output = source.found.outputs.findIndex(({ name }) => name === source.socket)
      const input = target.found.inputs.findIndex(({ name }) => name === target.socket)
      if (output < 0 || input < 0 || !source.found.connect(output, target.found, input))
        throw new Error(`${from} does not link to ${to}.`)
    }
  }, wires)
}
