import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cliFolder, definitionServer, workflowText } from './support/fixtures.ts'
import { runCli } from './support/run-cli.ts'

describe('discomfort validate', () => {
  it('has nothing to say about a workflow that fits', async () => {
    await using folder = await cliFolder()
    const { code, stdout, stderr } = await runCli(
      ['validate', 'workflow.json', '--definitions', 'definitions.json'],
      folder.options,
    )
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'workflow.json: nothing to say\n\nno errors, no warnings\n',
    })
    expect(stderr).toContain('the file definitions.json')
  })

  it('prints each finding with its code, a sentence and the place, and fails', async () => {
    await using folder = await cliFolder(workflowText('gone.safetensors'))
    const { code, stdout } = await runCli(
      ['validate', 'workflow.json', '--definitions', 'definitions.json'],
      folder.options,
    )
    expect(code).toBe(1)
    expect(stdout).toContain('error     MODEL_MISSING: "Load Model" (LoadModel, node 1) needs the model')
    expect(stdout).toContain('at nodes[0].widgets_values[0]')
    expect(stdout).toMatch(/1 error, no warnings\n$/)
  })

  it('takes several files, a server, and tells all as JSON', async () => {
    await using folder = await cliFolder()
    await using server = await definitionServer()
    await writeFile(join(folder.path, 'other.json'), workflowText('gone.safetensors', { type: 'Unheard' }))
    const args = ['validate', 'workflow.json', 'other.json', '--server', server.url, '--json']
    const { code, stdout } = await runCli(args, folder.options)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      errors: 2,
      workflows: [
        { workflow: 'workflow.json', errors: 0, findings: [] },
        {
          workflow: 'other.json',
          errors: 2,
          findings: [
            { code: 'MODEL_MISSING', file: 'other.json' },
            { code: 'NODE_TYPE_MISSING', pack: 'some-pack' },
          ],
        },
      ],
    })
  })

  it('tells a wrong path before it asks for definitions', async () => {
    await using folder = await cliFolder()
    const { code, stderr } = await runCli(['validate', 'workflow.json', 'nowhere.json'], folder.options)
    expect(code).toBe(1)
    expect(stderr).toContain('nowhere.json')
  })
})
