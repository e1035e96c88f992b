import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cliFolder, definitionServer, workflowText } from './support/fixtures.ts'
import { runCli } from './support/run-cli.ts'

describe('discomfort convert', () => {
  it('prints the prompt of a workflow, integers with all digits', async () => {
    await using folder = await cliFolder()
    const args = ['convert', 'workflow.json', '--definitions', 'definitions.json']
    const { code, stdout, stderr } = await runCli(args, folder.options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('"seed": 18446744073709551615')
    expect(JSON.parse(stdout)).toMatchObject({
      2: { class_type: 'Sampler', inputs: { model: ['1', 0], cfg: 7.5 }, _meta: { title: 'Main sampler' } },
    })
  })

  it('asks a server for its definitions', async () => {
    await using folder = await cliFolder()
    await using server = await definitionServer()
    const args = ['convert', 'workflow.json', '--server', server.url, '--json']
    const { code, stdout } = await runCli(args, folder.options)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ origin: `ComfyUI at ${server.url}`, prompt: {}, warnings: [] })
  })

  it('writes a file, and replaces one only when told to', async () => {
    await using folder = await cliFolder()
    const args = ['convert', 'workflow.json', '--definitions', 'definitions.json', '-o', 'out/prompt.json']
    expect(await runCli(args, folder.options)).toMatchObject({ code: 0, stdout: '' })
    expect(await readFile(join(folder.path, 'out/prompt.json'), 'utf8')).toContain('18446744073709551615')
    const again = await runCli([...args, '--json'], folder.options)
    expect(again.code).toBe(1)
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'EXPORT_EXISTS' } })
    expect(await runCli([...args, '--overwrite'], folder.options)).toMatchObject({ code: 0 })
  })

  it('gives a prompt back as it is, without any definitions', async () => {
    const prompt = { 5: { class_type: 'Anything', inputs: { seed: 1 } } }
    await using folder = await cliFolder(JSON.stringify(prompt))
    const { code, stdout } = await runCli(['convert', 'workflow.json'], folder.options)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(prompt)
  })

  it('names missing node types and their packs, or keeps them with a warning', async () => {
    await using folder = await cliFolder(workflowText(undefined, { type: 'Unheard' }))
    const args = ['convert', 'workflow.json', '--definitions', 'definitions.json']
    const refused = await runCli(args, folder.options)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('"Unheard" (node 2, from the pack some-pack)')
    const kept = await runCli([...args, '--keep-missing'], folder.options)
    expect(kept.code).toBe(0)
    expect(kept.stderr).toContain('Warning: "Main sampler" (node 2)')
    expect(JSON.parse(kept.stdout)).toMatchObject({ 2: { class_type: 'Unheard' } })
  })

  it('moves seeds and picks among choices only where it is told to', async () => {
    await using folder = await cliFolder()
    const seeded = {
      version: 0.4,
      nodes: [
        { id: 1, type: 'Seeded', inputs: [], outputs: [], widgets_values: [5, 'increment', 'a {red|red} apple'] },
      ],
      links: [],
    }
    const input = { required: { seed: ['INT', {}], text: ['STRING', { dynamicPrompts: true }] } }
    await writeFile(join(folder.path, 'seeded.json'), JSON.stringify(seeded))
    await writeFile(
      join(folder.path, 'seeds.json'),
      JSON.stringify({ Seeded: { input, output: [], output_node: true } }),
    )
    const inputs = async (...more: string[]) => {
      const args = ['convert', 'seeded.json', '--definitions', 'seeds.json', ...more]
      const { stdout } = await runCli(args, folder.options)
      return (JSON.parse(stdout) as Record<string, { inputs: unknown }>)['1']?.inputs
    }
    expect(await inputs()).toEqual({ seed: 5, text: 'a {red|red} apple' })
    expect(await inputs('--seeds', 'advance')).toEqual({ seed: 6, text: 'a {red|red} apple' })
    expect(await inputs('--dynamic-prompts', 'resolve')).toEqual({ seed: 5, text: 'a red apple' })
  })

  it.each([
    [['--definitions', 'definitions.json'], 'a file of definitions has none'],
    [['--keep-missing'], '--keep-missing is for the conversion by definitions'],
    [['--seeds', 'advance'], '--seeds is for the conversion by definitions'],
  ])('does not ask a page with %s', async (more, said) => {
    await using folder = await cliFolder()
    const { code, stderr } = await runCli(['convert', 'workflow.json', '--via', 'frontend', ...more], folder.options)
    expect(code).toBe(2)
    expect(stderr).toContain(said)
  })

  it.each([
    ['{', 'are no JSON'],
    ['{"a": 1}', 'holds no node definitions'],
    ['[]', 'holds no node definitions'],
  ])('refuses the definitions %s', async (text, said) => {
    await using folder = await cliFolder()
    await writeFile(join(folder.path, 'definitions.json'), text)
    const args = ['convert', 'workflow.json', '--definitions', 'definitions.json']
    const { code, stderr } = await runCli(args, folder.options)
    expect(code).toBe(2)
    expect(stderr).toContain(said)
  })
})
