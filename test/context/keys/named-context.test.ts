import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { array, integer, sample } from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweepDeadContexts } from '../../../src/context/places/context-folder.ts'
import { Reference } from '../../../src/context/reference.ts'
import { contextStore, WorkflowContext } from '../../../src/context/workflow-context.ts'
import { Tensor } from '../../../src/values/tensor.ts'

let root: string
const opened: WorkflowContext[] = []
const children: ChildProcess[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'discomfort-named-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const context of opened.splice(0)) await context.shutdown()
  await rm(root, { recursive: true, force: true })
})

function open(name = 'work'): WorkflowContext {
  const context = new WorkflowContext({ name }, { ram: undefined, disk: root })
  opened.push(context)
  return context
}

const tensor = (...values: number[]) => Tensor.from(new Float32Array(values))
const numbers = async (context: WorkflowContext, key: string) => [
  ...((await ((await context.load(key)) as Tensor).data()) as Float32Array),
]

describe('a context with a name', () => {
  it('is there again for the next script, values of all kinds and sizes', async () => {
    const first = open()
    const values = {
      number: 7,
      text: 'a',
      big: 2n ** 70n,
      nested: { list: [1.5, null], t: tensor(1) },
      long: 'x'.repeat(70_000),
    }
    for (const [key, value] of Object.entries(values)) await first.save(key, value)
    await first.save('tensor', tensor(1, 2, 3))
    await first.shutdown()
    const second = open()
    expect(second.listKeys()).toEqual([...Object.keys(values), 'tensor'])
    expect(await numbers(second, 'tensor')).toEqual([1, 2, 3])
    expect(await second.load('big')).toBe(2n ** 70n)
    expect(await second.load('long', 'STRING')).toBe(values.long)
    expect(((await second.load('nested')) as { list: unknown }).list).toEqual([1.5, null])
    expect(second.getStorageInfo('tensor')).toMatchObject({ storage: 'disk', shape: [3] })
    expect(second.getUsage()).toMatchObject({ keys: 6, files: 3 })
    expect(open('other').listKeys()).toEqual([])
  })

  it('is one for all who have it open: the latest writer wins, and deleted is deleted', async () => {
    const [one, other] = [open(), open()]
    await one.save('x', tensor(1))
    expect(await numbers(other, 'x')).toEqual([1])
    await other.save('x', tensor(2))
    expect(await numbers(one, 'x')).toEqual([2])
    one.delete('x')
    expect(other.has('x')).toBe(false)
    expect(other.delete('x')).toBe(false)
    await expect(other.load('x')).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
  })

  it('keeps a value for a run that works with it although others overwrite and close', async () => {
    const [one, other] = [open(), open()]
    await one.save('x', tensor(1))
    const store = other[contextStore]
    const bound = store.get('x')!
    const release = store.hold(bound)
    await one.save('x', tensor(2))
    await one.shutdown()
    expect(await ((await store.decode(bound)) as Tensor).data()).toEqual(new Float32Array([1]))
    release()
    expect(await numbers(other, 'x')).toEqual([2])
  })

  it('shares the bytes of what is saved under another key, and keeps them for the other', async () => {
    const context = open()
    await context.save('a', tensor(5))
    await context.save('b', await context.load('a'))
    context.delete('a')
    await context.shutdown()
    expect(await numbers(open(), 'b')).toEqual([5])
  })

  it('keeps references with the values that they read', async () => {
    const context = open()
    const store = context[contextStore]
    const read = await store.prepare(tensor(9))
    const loader = { class_type: 'DiscomfortContextLoader', inputs: { version: read.receipt.id, seed: 2n ** 64n } }
    const recipe = {
      v: 1 as const,
      type: 'MODEL',
      isList: false,
      prompt: { 'ref:1': loader },
      link: ['ref:1', 0] as const,
      reads: [read],
      origins: { 'ref:1': { workflow: 'a.json', node: '1' } },
      files: { 'a.ckpt': '10:5' },
    }
    await context.save('model', new Reference(recipe))
    await context.shutdown()
    const again = open()
    const reference = (await again.load('model')) as Reference
    expect(reference).toBeInstanceOf(Reference)
    expect(reference.recipe.prompt).toEqual(recipe.prompt)
    const [value] = again[contextStore].get('model')!.recipe!.reads
    expect(await ((await again[contextStore].decode(value!)) as Tensor).data()).toEqual(new Float32Array([9]))
  })

  it('is removed when that is asked for, and not swept else', async () => {
    const context = open()
    await context.save('x', tensor(1))
    await context.shutdown()
    await sweepDeadContexts(root)
    expect(await numbers(open(), 'x')).toEqual([1])
    await open().shutdown({ remove: true })
    expect(open().listKeys()).toEqual([])
  })

  it('takes any text as key, and no path comes of it', async () => {
    const context = open('../../name')
    const keys = ['../../x', '__proto__', '/etc/passwd', 'a\0b', '', 'k'.repeat(10_000), '\ud800', 'ключ']
    for (const [at, key] of keys.entries()) await context.save(key, tensor(at))
    await context.shutdown()
    const again = open('../../name')
    expect(again.listKeys()).toEqual(keys)
    for (const [at, key] of keys.entries()) expect(await numbers(again, key)).toEqual([at])
    expect(await readdir(join(root, 'named'))).toHaveLength(1)
  })

  it('takes names of 1 to 200 characters', () => {
    for (const name of ['', 'x'.repeat(201), 7 as unknown as string])
      expect(() => open(name)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })
})

describe('a script that is killed', () => {
  const child = fileURLToPath(new URL('children/write-named.ts', import.meta.url))

  async function start(): Promise<{ process: ChildProcess; line: () => Promise<string> }> {
    const started = spawn(process.execPath, ['--import', 'tsx', child, root], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(started)
    let text = ''
    let position = 0
    started.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    const line = async () => {
      for (;;) {
        const end = text.indexOf('\n', position)
        if (end >= 0) {
          const found = text.slice(position, end)
          position = end + 1
          return found
        }
        if (started.exitCode !== null || started.signalCode !== null) return ''
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
    return { process: started, line }
  }

  /** Confirms come as numbers: pairs a and b are committed together, c by itself. */
  const rounds = Number(process.env['KILLS'] ?? 2)
  it(
    `at a random moment loses nothing that was confirmed, ${rounds} times, and pairs stay pairs`,
    { timeout: 600_000 },
    async () => {
      const [moment] = sample(array(integer({ min: 0, max: 40 }), { minLength: rounds, maxLength: rounds }), 1)
      let before = 0
      for (const wait of moment ?? []) {
        const { process: writer, line } = await start()
        let confirmed = Number(await line())
        expect(confirmed).toBeGreaterThanOrEqual(before)
        const until = Date.now() + wait
        while (Date.now() < until) confirmed = Number(await line())
        writer.kill('SIGKILL')
        await once(writer, 'exit')
        for (let next = await line(); next !== ''; next = await line()) confirmed = Number(next)
        const context = open()
        const [a, b, c] = await Promise.all(
          ['a', 'b', 'c'].map(async (key) => (await numbers(context, key))[0] as number),
        )
        expect(a).toBe(b)
        expect(a).toBeGreaterThanOrEqual(confirmed)
        expect(c).toBeGreaterThanOrEqual(confirmed)
        await context.shutdown()
        before = confirmed
      }
      await sweepDeadContexts(root)
      expect(await readdir(root)).toEqual(['named'])
    },
  )

  it('beside others that write the same keys loses nothing of theirs', async () => {
    const [one, other] = [await start(), await start()]
    for (const { line } of [one, other]) await line()
    await new Promise((resolve) => setTimeout(resolve, 100))
    one.process.kill('SIGKILL')
    await once(one.process, 'exit')
    const context = open()
    for (let round = 0; round < 50; round += 1) {
      const [a] = await numbers(context, 'a').catch((error: { code: string }) => {
        // The other one goes on writing: what was loaded may be overwritten before it is read.
        expect(error.code).toBe('VALUE_GONE')
        return [0]
      })
      expect(a).toBeGreaterThanOrEqual(0)
    }
    other.process.kill('SIGKILL')
    await once(other.process, 'exit')
    const [a, b] = [await numbers(context, 'a'), await numbers(context, 'b')]
    expect(a).toEqual(b)
  })
})
