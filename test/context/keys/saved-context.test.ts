import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Reference } from '../../../src/context/reference.ts'
import { contextStore, WorkflowContext, type WorkflowContextOptions } from '../../../src/context/workflow-context.ts'
import { Tensor } from '../../../src/values/tensor.ts'

let work: string
const opened: WorkflowContext[] = []
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'discomfort-saved-'))
})
afterEach(async () => {
  for (const context of opened.splice(0)) await context.shutdown()
  await rm(work, { recursive: true, force: true })
})

function open(options: WorkflowContextOptions = {}): WorkflowContext {
  const context = new WorkflowContext(options, { ram: join(work, 'memory'), disk: join(work, 'disk') })
  opened.push(context)
  return context
}

const tensor = (...values: number[]) => Tensor.from(new Float32Array(values))
const place = (name: string) => join(work, name)
const numbers = async (context: WorkflowContext, key: string) => [
  ...((await ((await context.load(key)) as Tensor).data()) as Float32Array),
]

describe('a context that was saved', () => {
  it('is there again, also after the first one is gone and the folder was moved', async () => {
    const context = open()
    await context.save('tensor', tensor(1, 2))
    await context.save('same', await context.load('tensor'))
    await context.save('big', 2n ** 64n)
    await context.save('text', 'a'.repeat(70_000))
    const read = await context[contextStore].prepare(tensor(9))
    const recipe = {
      v: 1 as const,
      type: 'MODEL',
      isList: false,
      prompt: { 'ref:1': { class_type: 'DiscomfortContextLoader', inputs: { version: read.receipt.id } } },
      link: ['ref:1', 0] as const,
      reads: [read],
      origins: {},
      files: {},
    }
    await context.save('model', new Reference(recipe))
    await context.saveTo(place('evening'))
    await context.shutdown()
    await rename(place('evening'), place('morning'))
    const next = open({ from: place('morning') })
    expect(next.listKeys()).toEqual(['tensor', 'same', 'big', 'text', 'model'])
    expect(await numbers(next, 'same')).toEqual([1, 2])
    expect(await next.load('big')).toBe(2n ** 64n)
    expect(await next.load('text', 'STRING')).toBe('a'.repeat(70_000))
    expect(next.getUsage()).toMatchObject({ keys: 5, files: 2, ramBytes: 0 })
    const [value] = next[contextStore].get('model')!.recipe!.reads
    await next[contextStore].ensureFile(value!)
    expect(await next[contextStore].verifiedPath(value!)).toContain('memory')
    // Three values, of which one is shared by two keys.
    expect(await readdir(join(place('morning'), 'values'))).toHaveLength(3)
  })

  it('stays as it is, whatever becomes of the context that was opened from it', async () => {
    const context = open()
    await context.save('a', tensor(1))
    await context.saveTo(place('saved'))
    const next = open({ from: place('saved') })
    const stored = next[contextStore].get('a')!
    await next[contextStore].ensureFile(stored)
    await next.save('a', tensor(2))
    next.delete('a')
    await next.shutdown()
    expect(await numbers(open({ from: place('saved') }), 'a')).toEqual([1])
  })

  it('can go on under a name', async () => {
    const context = open()
    await context.save('a', tensor(1))
    await context.saveTo(place('saved'))
    await open({ from: place('saved'), name: 'on' }).shutdown()
    await rm(place('saved'), { recursive: true })
    expect(await numbers(open({ name: 'on' }), 'a')).toEqual([1])
  })

  it('is not written over unless that is asked for, and appears whole or not at all', async () => {
    const context = open()
    await context.save('a', tensor(1))
    await mkdir(place('saved'))
    await writeFile(join(place('saved'), 'mine.txt'), 'mine')
    await expect(context.saveTo(place('saved'))).rejects.toMatchObject({ code: 'EXPORT_EXISTS' })
    expect(await readdir(place('saved'))).toEqual(['mine.txt'])
    await context.saveTo(place('saved'), { overwrite: true })
    expect((await readdir(place('saved'))).toSorted()).toEqual(['context.json', 'values'])
    expect((await readdir(work)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('with damaged files gives none of these values', async () => {
    const context = open()
    await context.save('a', tensor(1, 2, 3))
    await context.saveTo(place('saved'))
    const [name] = await readdir(join(place('saved'), 'values'))
    const path = join(place('saved'), 'values', name!)
    const bytes = await readFile(path)
    bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 4
    await writeFile(path, bytes)
    const next = open({ from: place('saved') })
    await expect(numbers(next, 'a')).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
    await expect(next[contextStore].ensureFile(next[contextStore].get('a')!)).rejects.toMatchObject({
      code: 'VALUE_CORRUPT',
    })
    await rm(path)
    await expect(numbers(open({ from: place('saved') }), 'a')).rejects.toMatchObject({ code: 'VALUE_GONE' })
  })

  it('that is none is told so, and names of files in it lead nowhere else', async () => {
    expect(() => open({ from: place('nothing') })).toThrow(expect.objectContaining({ code: 'VALUE_NOT_FOUND' }))
    await mkdir(place('bad'))
    const write = (text: string) => writeFile(join(place('bad'), 'context.json'), text)
    for (const text of ['{', '[]', '{"v":2,"entries":[]}', '{"v":1,"entries":[{}]}']) {
      await write(text)
      expect(() => open({ from: place('bad') })).toThrow(expect.objectContaining({ code: 'VALUE_CORRUPT' }))
    }
    const context = open()
    await context.save('a', tensor(1))
    await context.saveTo(place('saved'))
    const told = await readFile(join(place('saved'), 'context.json'), 'utf8')
    await write(told.replaceAll(/"[0-9a-f-]{36}\.safetensors"/g, '"../../secret.safetensors"'))
    expect(() => open({ from: place('bad') })).toThrow(expect.objectContaining({ code: 'VALUE_CORRUPT' }))
  })
})
