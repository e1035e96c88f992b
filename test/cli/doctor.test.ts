import { describe, expect, it } from 'vitest'
import { cliFolder, definitionServer, workflowText } from './support/fixtures.ts'
import { runCli } from './support/run-cli.ts'

interface Report {
  ok: boolean
  problems: number
  checks: { name: string; status: string; message: string; next?: string }[]
}

async function doctor(args: string[], workflow?: string): Promise<Report & { code: number | null }> {
  await using folder = await cliFolder(workflow)
  const { code, stdout, stderr } = await runCli(['doctor', ...args, '--json'], folder.options)
  expect(stderr).toBe('')
  return { code, ...(JSON.parse(stdout) as Report) }
}

describe('discomfort doctor', () => {
  it('says what is found, each with its state', async () => {
    await using server = await definitionServer()
    const { code, ok, checks } = await doctor(['--server', server.url])
    expect({ code, ok }).toEqual({ code: 0, ok: true })
    const names = checks.map(({ name }) => name)
    for (const name of ['Node', 'Python', 'Disk', 'Store', 'sharp', 'Managed ComfyUI', 'Server'])
      expect(names).toContain(name)
    expect(checks.find(({ name }) => name === 'Server')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('without the Discomfort pack') as string,
      next: expect.stringContaining('custom_nodes') as string,
    })
  })

  it('has a problem with a server that does not answer', async () => {
    const { code, checks } = await doctor(['--server', 'http://127.0.0.1:47'])
    expect(code).toBe(1)
    expect(checks.find(({ name }) => name === 'Server')).toMatchObject({ status: 'problem' })
  })

  it('prints readable lines for people', async () => {
    await using folder = await cliFolder()
    const { code, stdout } = await runCli(['doctor', '--server', 'http://127.0.0.1:47'], folder.options)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ok {8}Node: \d+/)
    expect(stdout).toMatch(/\nproblem {3}Server: ComfyUI at http:\/\/127.0.0.1:47 does not answer/)
    expect(stdout).toMatch(/\n\n\d problems?, (no|\d) warnings?\n$/)
  })

  it('finds nothing to say about a workflow that has all it needs', async () => {
    await using server = await definitionServer()
    const models = [{ name: 'here.safetensors', url: 'https://example.com/here', directory: 'checkpoints' }]
    const { code, checks } = await doctor(
      ['workflow.json', '--server', server.url],
      workflowText(undefined, { models }),
    )
    expect(code).toBe(0)
    expect(checks.filter(({ name }) => name === 'Models' || name === 'Node types')).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
    ])
  })

  it('names missing node types with their pack, and missing models with their source', async () => {
    await using server = await definitionServer()
    const models = [{ name: 'gone.safetensors', url: 'https://example.com/gone', directory: 'checkpoints' }]
    const workflow = workflowText('gone.safetensors', { models, type: 'Unheard' })
    const { code, problems, checks } = await doctor(['workflow.json', '--server', server.url], workflow)
    expect({ code, problems }).toEqual({ code: 1, problems: 2 })
    expect(checks.filter(({ status }) => status === 'problem')).toEqual([
      {
        name: 'Node types',
        status: 'problem',
        message: '"Unheard" is missing (node 2)',
        next: 'Install the pack some-pack.',
      },
      {
        name: 'Models',
        status: 'problem',
        message: 'gone.safetensors is missing, for "Load Model" (node 1)',
        next: 'Fetch https://example.com/gone into models/checkpoints of ComfyUI.',
      },
    ])
  })

  it('finds missing models also where the workflow names no source', async () => {
    await using server = await definitionServer()
    const { checks } = await doctor(['workflow.json', '--server', server.url], workflowText('gone.safetensors'))
    expect(checks.at(-1)).toMatchObject({
      status: 'problem',
      message: 'gone.safetensors is missing, for "Load Model" (node 1)',
      next: expect.stringContaining('names no source') as string,
    })
  })
})
