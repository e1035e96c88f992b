import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CompileOptions } from '../../src/prompt/compile-options.ts'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import { createWorkflowLoader } from '../../src/run/loaded-workflow.ts'
import { temporaryFolder } from '../support/folders.ts'

const definitions = {
  Seeded: { input: { required: { seed: ['INT', {}], text: ['STRING', { dynamicPrompts: true }] } }, output: ['INT'] },
  SaveImage: { input: { required: { filename_prefix: ['STRING', {}] } }, output: [], output_node: true },
} as unknown as NodeDefinitions

function text(seed: number, prefix = 'a'): string {
  const nodes = [
    { id: 1, type: 'Seeded', inputs: [], outputs: [], widgets_values: [seed, 'increment', '{a|b}'] },
    { id: 2, type: 'SaveImage', inputs: [], outputs: [], widgets_values: [prefix] },
  ]
  return JSON.stringify({ version: 0.4, nodes, links: [] })
}

describe('a workflow file that is loaded again', () => {
  it('is not converted again, and is still a workflow of its own', async () => {
    await using folder = await temporaryFolder('loaded')
    const path = join(folder.path, 'a.json')
    await writeFile(path, text(5))
    const loader = createWorkflowLoader(definitions)
    const [one, two] = [await loader.load(path), await loader.load(path)]
    expect(two.compiled).toBe(one.compiled)
    expect(two).not.toBe(one)
  })

  it('is read again when it has changed', async () => {
    await using folder = await temporaryFolder('loaded')
    const path = join(folder.path, 'a.json')
    await writeFile(path, text(5))
    const loader = createWorkflowLoader(definitions)
    const before = await loader.load(path)
    await writeFile(path, text(600))
    expect((await loader.load(path)).compiled.prompt['1']?.inputs['seed']).toBe(600)
    expect(before.compiled.prompt['1']?.inputs['seed']).toBe(5)
  })

  it.each<[string, CompileOptions]>([
    ['seeds move', { seeds: 'advance', queued: 3 }],
    ['seeds are drawn', { seeds: 'randomize', random: () => 0.5 }],
    ['choices are picked', { dynamicPrompts: 'resolve', random: () => 0 }],
  ])('is converted anew where %s', async (_name, options) => {
    await using folder = await temporaryFolder('loaded')
    const path = join(folder.path, 'a.json')
    await writeFile(path, text(5))
    const loader = createWorkflowLoader(definitions)
    const plain = await loader.load(path)
    const other = await loader.load(path, options)
    expect(other.compiled.prompt).not.toEqual(plain.compiled.prompt)
    expect((await loader.load(path)).compiled).toBe(plain.compiled)
  })

  it('is converted anew where a file name holds the date', async () => {
    await using folder = await temporaryFolder('loaded')
    const path = join(folder.path, 'a.json')
    await writeFile(path, text(5, '%date:yyyy%'))
    const loader = createWorkflowLoader(definitions)
    const prefixes = await Promise.all(
      [new Date(2025, 1, 1), new Date(2026, 1, 1)].map(async (now) => {
        const { compiled } = await loader.load(path, { now })
        return compiled.prompt['2']?.inputs['filename_prefix']
      }),
    )
    expect(prefixes).toEqual(['2025', '2026'])
  })
})
