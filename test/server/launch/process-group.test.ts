import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../../../src/server/command.ts'
import { isAlive } from '../../support/is-alive.ts'
import { startProcessGroup } from '../../../src/server/launch/process-group.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { until } from '../../support/until.ts'

const processGroup = fileURLToPath(new URL('../../../src/server/launch/process-group.ts', import.meta.url))

/** A leader that tells its child's id and waits for the end of its input. */
const family = 'sleep 60 & echo $!; exec cat'

/** The id that the leader wrote. */
async function childOf(logFile: string): Promise<number> {
  await until(async () => /\d+\n/.test(await readFile(logFile, 'utf8')))
  return Number(await readFile(logFile, 'utf8'))
}

describe('a process group', () => {
  it('ends when it is asked to, with all that it started', async () => {
    await using folder = await temporaryFolder('group')
    const logFile = join(folder.path, 'log')
    const group = await startProcessGroup('sh', ['-c', family], { env: process.env, logFile })
    const child = await childOf(logFile)
    expect(group.exit).toBeUndefined()
    expect([isAlive(group.pid), isAlive(child)]).toEqual([true, true])
    group.requestStop()
    expect(await group.exited).toEqual({ code: 0, signal: null })
    expect(group.exit).toEqual({ code: 0, signal: null })
    await until(async () => !isAlive(child))
  })

  it('can be killed at once, and again without harm', async () => {
    await using folder = await temporaryFolder('group')
    const logFile = join(folder.path, 'log')
    const group = await startProcessGroup('sh', ['-c', family], { env: process.env, logFile })
    const child = await childOf(logFile)
    group.kill()
    expect(await group.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await until(async () => !isAlive(child))
    group.kill()
    group.requestStop()
  })

  it('that cannot be started is an error of the system', async () => {
    await using folder = await temporaryFolder('group')
    const options = { env: process.env, logFile: join(folder.path, 'log') }
    await expect(startProcessGroup(join(folder.path, 'none'), [], options)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('ends with the script that started it', async () => {
    await using folder = await temporaryFolder('group')
    const script = join(folder.path, 'script.mjs')
    await writeFile(
      script,
      `import { startProcessGroup } from ${JSON.stringify(processGroup)}
       const options = { env: process.env, logFile: ${JSON.stringify(join(folder.path, 'log'))} }
       const group = await startProcessGroup('sh', ['-c', 'trap "" TERM INT; sleep 60'], options)
       console.log(group.pid)
       // Nothing holds the script: a group that still runs does not keep it from ending.`,
    )
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = once(createInterface({ input: child.stdout }), 'line')
    const exit = once(child, 'exit')
    const pid = Number((await line)[0])
    expect((await exit)[0]).toBe(0)
    await until(async () => !isAlive(pid))
  })
})

describe('a command', () => {
  it('gives its code and the lines of both streams, as they come', async () => {
    const heard: string[] = []
    const result = await runCommand('sh', ['-c', 'echo one; echo two >&2; exit 3'], {
      onLine: (line) => heard.push(line),
    })
    expect(result.code).toBe(3)
    expect(result.lines.toSorted()).toEqual(['one', 'two'])
    expect(heard).toEqual(result.lines)
  })

  it('keeps the last 200 lines of a talkative one', async () => {
    const { lines } = await runCommand('seq', ['1000'])
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([200, '801', '1000'])
  })

  it('has a working folder and an environment', async () => {
    await using folder = await temporaryFolder('command')
    const options = { cwd: folder.path, env: { ...process.env, GIVEN: 'yes' } }
    const { lines } = await runCommand('sh', ['-c', 'pwd -P; echo $GIVEN'], options)
    expect(lines.at(-1)).toBe('yes')
    expect(lines[0]).toContain('discomfort-command-')
  })

  it('is ended by its signal, and cannot be one that is not there', async () => {
    await expect(runCommand('sleep', ['60'], { signal: AbortSignal.timeout(20) })).rejects.toThrow('aborted')
    await expect(runCommand('/no/such/command', [])).rejects.toThrow('ENOENT')
  })
})
