import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { cliFolder } from './support/fixtures.ts'
import { runCli } from './support/run-cli.ts'

const commands = ['run', 'ports', 'convert', 'install', 'doctor', 'up', 'down', 'status']

describe('the command line', () => {
  it('prints the version of the package', async () => {
    const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(text) as { version: string }
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('lists every command in its help', async () => {
    const { code, stdout } = await runCli(['--help'])
    expect(code).toBe(0)
    for (const name of commands) expect(stdout).toContain(`  ${name} `)
  })

  it.each(commands)('has help with an example and exit codes for %s', async (name) => {
    const { code, stdout, stderr } = await runCli([name, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('--json')
    expect(stdout).toContain(`$ discomfort ${name}`)
    expect(stdout).toContain('Exit codes: 0')
  })

  it('gives the help of a command by its name too', async () => {
    expect(await runCli(['help', 'doctor'])).toEqual(await runCli(['doctor', '--help']))
  })

  it('shows its help and fails when it is not told what to do', async () => {
    const { code, stdout, stderr } = await runCli([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: discomfort')
  })

  it.each([
    ['an unknown command', ['paint'], "Unknown command 'paint'"],
    ['an unknown option', ['run', 'a.json', '--outptu', 'x'], 'Did you mean --output?'],
    ['a missing argument', ['convert'], "Missing required argument 'workflow'"],
    ['an input without a name', ['run', 'a.json', '--input', '=7'], 'names no value'],
    ['an output of no known kind', ['run', 'a.json', '--output', 'image=a.xyz'], 'must end in'],
    ['a time that is none', ['run', 'a.json', '--timeout', 'soon'], 'is no time'],
  ])('ends with 2 for %s', async (_what, args, said) => {
    const { code, stdout, stderr } = await runCli(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(said)
  })

  it('tells errors as one JSON document on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['run', '--json'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('Missing required argument') as string,
        details: { reason: expect.any(String) as string },
      },
    })
  })

  it('tells a wrong path before it starts anything', async () => {
    await using folder = await cliFolder()
    const { code, stdout, stderr } = await runCli(['run', 'nowhere.json', '--json'], folder.options)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'WORKFLOW_NOT_FOUND', details: { source: 'nowhere.json' } },
    })
  })

  it('tells an input file that is not there before it starts anything', async () => {
    await using folder = await cliFolder()
    const { code, stderr } = await runCli(['run', 'workflow.json', '--input', 'prompt=@no.txt'], folder.options)
    expect(code).toBe(1)
    expect(stderr).toContain('The file no.txt cannot be read')
    expect(stderr).not.toContain('Starting')
  })

  it('prints an error as a short block, and with DISCOMFORT_LOG=debug all that is known', async () => {
    await using folder = await cliFolder()
    const short = await runCli(['run', 'nowhere.json'], folder.options)
    expect(short).toMatchObject({ code: 1, stdout: '' })
    expect(short.stderr).toMatch(/^Error: The workflow "nowhere.json" cannot be read: .*\n\(WORKFLOW_NOT_FOUND\)\n$/)
    const { cwd, env } = folder.options
    const long = await runCli(['run', 'nowhere.json'], { cwd, env: { ...env, DISCOMFORT_LOG: 'debug' } })
    expect(long.stderr).toContain('details: {')
    expect(long.stderr).toMatch(/ {4}at /)
  })

  it('does not run over a file that is there', async () => {
    await using folder = await cliFolder()
    const args = ['run', 'workflow.json', '--output', 'my image=definitions.json']
    const { code, stderr } = await runCli(args, folder.options)
    expect(code).toBe(1)
    expect(stderr).toContain('The file definitions.json exists. Add --overwrite')
  })

  it('says that a server does not answer', async () => {
    await using folder = await cliFolder()
    const args = ['run', 'workflow.json', '--server', 'http://127.0.0.1:47', '-q', '--json']
    const { code, stdout } = await runCli(args, folder.options)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SERVER_UNREACHABLE' } })
  })
})
