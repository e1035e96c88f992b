import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cliFolder } from './support/fixtures.ts'
import { runCli } from './support/run-cli.ts'

const example = (file: string) => fileURLToPath(new URL(`../../examples/refine/${file}`, import.meta.url))
const files = [example('make.json'), example('improve.json'), example('assess.json')]

describe('discomfort stitch', () => {
  it('prints workflows as one, or writes a file and tells what that takes and gives', async () => {
    await using folder = await cliFolder()
    const printed = await runCli(['stitch', ...files], folder.options)
    expect(printed).toMatchObject({ code: 0, stderr: '' })
    const { code, stdout, stderr } = await runCli(['stitch', ...files, '-o', 'whole.json'], folder.options)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('whole.json: 29 nodes of')
    expect(stderr).toContain('takes seed (INT)')
    expect(stderr).toContain('gives quality (FLOAT)')
    const written = JSON.parse(await readFile(join(folder.path, 'whole.json'), 'utf8')) as { groups: unknown[] }
    expect(written).toEqual(JSON.parse(printed.stdout))
    expect(written.groups).toHaveLength(9)
  })

  it('takes ports away, and replaces a file only when told to', async () => {
    await using folder = await cliFolder()
    const args = ['stitch', ...files, '-o', 'whole.json', '--json', '--delete-output-ports', 'joined']
    const { code, stdout } = await runCli([...args, '--delete-input-ports'], folder.options)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ file: 'whole.json', inputs: [], outputs: [{ uniqueId: 'quality' }] })
    const again = await runCli(args, folder.options)
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'EXPORT_EXISTS' } })
    expect(await runCli([...args, '--overwrite'], folder.options)).toMatchObject({ code: 0 })
  })

  it('refuses a prompt, which has no drawing', async () => {
    await using folder = await cliFolder()
    await writeFile(join(folder.path, 'prompt.json'), JSON.stringify({ 1: { class_type: 'A', inputs: {} } }))
    const { code, stderr } = await runCli(['stitch', 'prompt.json', ...files], folder.options)
    expect(code).toBe(2)
    expect(stderr).toContain('which has no drawing')
  })
})
