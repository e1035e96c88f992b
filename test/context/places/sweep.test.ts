import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweepDeadContexts } from '../../../src/context/places/context-folder.ts'
import { ownOwner } from '../../../src/process-owner.ts'
import { contextStore, WorkflowContext } from '../../../src/context/workflow-context.ts'
import { Tensor } from '../../../src/values/tensor.ts'

const child = fileURLToPath(new URL('children/hold-context.ts', import.meta.url))
const idA = '00000000-0000-4000-8000-00000000000a'
let root: string
const children: ChildProcess[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'discomfort-sweep-'))
})
afterEach(async () => {
  for (const process of children.splice(0)) process.kill('SIGKILL')
  await rm(root, { recursive: true, force: true })
})

async function startChild(): Promise<{ process: ChildProcess; contextId: string }> {
  const started = spawn(process.execPath, ['--import', 'tsx', child, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(started)
  const [line] = (await once(started.stdout, 'data')) as [Buffer]
  return { process: started, contextId: line.toString().trim() }
}

async function owned(name: string, owner: unknown): Promise<void> {
  await mkdir(join(root, name))
  await writeFile(join(root, name, 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner))
}

describe('sweeping what dead processes left', () => {
  it('removes the contexts of a killed process, and nothing of living ones', async () => {
    await using own = new WorkflowContext({}, { ram: undefined, disk: root })
    await own.save('a', Tensor.from(new Float32Array(1)))
    const [dead, living] = await Promise.all([startChild(), startChild()])
    expect(await sweepDeadContexts(root)).toEqual([])
    dead.process.kill('SIGKILL')
    await once(dead.process, 'exit')
    expect(await sweepDeadContexts(root)).toEqual([dead.contextId])
    expect((await readdir(root)).toSorted()).toEqual([own[contextStore].contextId, living.contextId].toSorted())
    expect(await own.load('a')).toBeInstanceOf(Tensor)
  })

  it('knows the owner of a context from the beginning', async () => {
    await using own = new WorkflowContext({}, { ram: undefined, disk: root })
    own[contextStore].ensureFolders()
    const folder = own[contextStore].folders.at('disk')
    const owner = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as unknown
    expect(owner).toEqual(ownOwner())
    expect(owner).toMatchObject({ v: 1, pid: process.pid })
  })

  it.runIf(process.platform === 'linux')('tells a process from a later one with the same pid', async () => {
    await owned('reused', { ...ownOwner(), startTime: 'another boot:1' })
    await owned('mine', ownOwner())
    expect(await sweepDeadContexts(root)).toEqual(['reused'])
  })

  it('leaves what it cannot judge', async () => {
    await owned('elsewhere', { ...ownOwner(), pid: 2 ** 22 + 1, place: 'another machine' })
    await owned('no-record', 'half a rec')
    await owned('later', { ...ownOwner(), v: 2, pid: 2 ** 22 + 1 })
    await owned('nonsense', { ...ownOwner(), pid: -1 })
    await mkdir(join(root, 'probes'))
    await mkdir(join(root, idA))
    await writeFile(join(root, 'file'), '')
    expect(await sweepDeadContexts(root)).toEqual([])
    expect(await sweepDeadContexts(join(root, 'missing'))).toEqual([])
  })

  it('removes folders without an owner after a day, and only those with the names of contexts', async () => {
    const yesterday = new Date(Date.now() - 25 * 3_600_000)
    for (const name of [idA, `.${idA}.${idA}.tmp`, 'probes', 'named-context']) {
      await mkdir(join(root, name))
      await utimes(join(root, name), yesterday, yesterday)
    }
    expect((await sweepDeadContexts(root)).toSorted()).toEqual([`.${idA}.${idA}.tmp`, idA])
  })

  it('follows no links', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'discomfort-outside-'))
    await writeFile(join(outside, 'owner.json'), JSON.stringify({ ...ownOwner(), pid: 2 ** 22 + 1 }))
    await symlink(outside, join(root, 'link'))
    expect(await sweepDeadContexts(root)).toEqual([])
    expect(await readdir(outside)).toEqual(['owner.json'])
    await rm(outside, { recursive: true })
  })
})
