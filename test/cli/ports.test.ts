import { describe, expect, it } from 'vitest'
import { portIsTaken } from '../../src/server/launch/free-port.ts'
import { cliFolder, definitionServer } from './support/fixtures.ts'
import { runCli } from './support/run-cli.ts'

const args = ['ports', 'workflow.json', '--definitions', 'definitions.json']

/** Whoever has a ComfyUI open on the default port is answered by it. */
const isOneOpen = await portIsTaken(8188)

describe('discomfort ports', () => {
  it('lists ports and addresses in columns', async () => {
    await using folder = await cliFolder()
    const { code, stdout, stderr } = await runCli(args, folder.options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Node definitions: the file definitions.json\n' })
    expect(stdout).toContain(`INPUT ports
  unique_id  type    node  title       tags        drawn
  prompt     STRING  3     The prompt  text, main  "it's red"`)
    expect(stdout).toContain(`OUTPUT ports
  unique_id  type   node  title
  my image   IMAGE  4     Picture`)
    expect(stdout).toContain('PASSTHRU ports: none')
    expect(stdout).toMatch(/ {2}Main sampler.seed +INT +2 +18446744073709551615\n/)
    expect(stdout).toMatch(/ {2}Main sampler.text +STRING +2 +"it's red" +port prompt\n/)
    expect(stdout).toMatch(/ {2}Main sampler.model +MODEL +2 +Load Model\n/)
    expect(stdout).toMatch(/Output addresses\n.*\n {2}Load Model +MODEL +1\n {2}Main sampler +IMAGE +2\n/)
  })

  it('tells the same as JSON', async () => {
    await using folder = await cliFolder()
    const { code, stdout } = await runCli([...args, '--json'], folder.options)
    expect(code).toBe(0)
    expect(stdout).toContain('"drawn": 18446744073709551615')
    expect(JSON.parse(stdout)).toMatchObject({
      workflow: 'workflow.json',
      definitions: 'the file definitions.json',
      inputs: [{ uniqueId: 'prompt', type: 'STRING', node: '3', tags: ['text', 'main'], drawn: "it's red" }],
      outputs: [{ uniqueId: 'my image', type: 'IMAGE', node: '4', isList: false }],
      passthrus: [],
    })
  })

  it('writes a script with the drawn inputs and the kinds of the outputs', async () => {
    await using folder = await cliFolder()
    await using server = await definitionServer()
    const { stdout } = await runCli(['ports', 'workflow.json', '--server', server.url, '--script'], folder.options)
    expect(stdout).toBe(`import { Discomfort } from 'discomfort'

const discomfort = await Discomfort.create({ server: '${server.url}' })
try {
  const outputs = await discomfort.run('workflow.json', {
    inputs: {
      prompt: 'it\\'s red',
    },
    outputs: { 'my image': 'IMAGE' },
  })
  await outputs['my image'].toFile('my-image.png')
} finally {
  await discomfort.close()
}
`)
  })

  it.skipIf(isOneOpen)('says what to do where no node definitions are at hand', async () => {
    await using folder = await cliFolder()
    const { code, stdout } = await runCli(['ports', 'workflow.json', '--json'], folder.options)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'COMFYUI_NOT_FOUND', message: expect.stringContaining('--definitions') as string },
    })
  })
})
