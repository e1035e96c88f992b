import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { Discomfort } from 'discomfort'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { installPack } from '../../../src/server/install/pack/install-pack.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { startPlainServer } from '../support/plain-server.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** A base folder of a ComfyUI with nothing in it. */
async function baseFolder() {
  const folder = await temporaryFolder('base')
  const customNodes = join(folder.path, 'custom_nodes')
  for (const name of ['custom_nodes', 'models', 'input', 'output']) await mkdir(join(folder.path, name))
  return { ...folder, customNodes }
}

/** A ComfyUI as people run it, with these of its custom nodes. */
function startOn(base: string, customNodes: readonly string[]) {
  const { comfyui, python } = inject('launch')
  const args = ['--base-directory', base, '--whitelist-custom-nodes', ...customNodes]
  return startPlainServer({ comfyui, python, args })
}

/** What the page gets to know of the nodes. */
async function seenOn(address: string) {
  const get = async <T>(path: string) => (await (await fetch(`${address}${path}`)).json()) as T
  const definitions = await get<Record<string, { python_module: string }>>('/object_info')
  const ours = Object.entries(definitions).filter(([name]) => name.startsWith('Discomfort'))
  return {
    nodes: ours.map(([name]) => name),
    modules: [...new Set(ours.map(([, { python_module }]) => python_module))],
    scripts: (await get<string[]>('/extensions')).filter((path) => /^\/extensions\/(discomfort|a-clone)\//.test(path)),
    templates: await get<Record<string, string[]>>('/workflow_templates'),
    handshake: (await fetch(`${address}/discomfort/handshake`)).status,
    log: (await get<{ entries: { m: string }[] }>('/internal/logs/raw')).entries.map(({ m }) => m).join(''),
  }
}

const nodeNames = [
  'DiscomfortPort',
  'DiscomfortContextLoader',
  'DiscomfortContextSaver',
  'DiscomfortTestRunner',
  'DiscomfortLoop',
  'DiscomfortSwitch',
  'DiscomfortScript',
  'DiscomfortGather',
  'DiscomfortHeldValue',
]

describe('the pack in custom_nodes', () => {
  it.for(['link', 'copy'] as const)(
    'is loaded by a ComfyUI of the user as a %s, with its part of the page and its templates',
    async (kind) => {
      await using base = await baseFolder()
      await installPack(base.path, kind)
      await using server = await startOn(base.path, ['discomfort'])
      const seen = await seenOn(server.address)
      expect(seen.nodes.toSorted()).toEqual(nodeNames.toSorted())
      expect(seen).toMatchObject({ modules: ['custom_nodes.discomfort'], handshake: 200 })
      expect(seen.scripts.length).toBeGreaterThan(0)
      expect(new Set(seen.scripts).size).toBe(seen.scripts.length)
      expect(seen.templates['discomfort']).toContain('run-workflow')
      const template = await fetch(`${server.address}/api/workflow_templates/discomfort/run-workflow.json`)
      expect(await template.json()).toMatchObject({ version: 0.4 })
      await using discomfort = await Discomfort.create({ server: server.address })
      expect(discomfort.connector.handshake).toMatchObject({ protocol: 1 })
    },
  )

  it('is there once where the launch brings a copy of its own, which stands down and says so', async () => {
    await using base = await baseFolder()
    const { path } = await installPack(base.path, 'copy')
    const launch = inject('launch')
    const connector = await ComfyConnector.create({
      ...launch,
      args: [...launch.args, '--base-directory', base.path],
      customNodes: 'all',
    })
    try {
      const seen = await seenOn(connector.serverAddress)
      expect(seen.nodes.toSorted()).toEqual(nodeNames.toSorted())
      expect(seen).toMatchObject({ modules: ['custom_nodes.discomfort'], handshake: 200 })
      expect(new Set(seen.scripts).size).toBe(seen.scripts.length)
      const log = await readFile(connector.logFile as string, 'utf8')
      expect(log.split(`Discomfort: already loaded from ${path}; this copy stands down.`)).toHaveLength(2)
    } finally {
      await connector.shutdown()
    }
  })
})

describe('a clone of the repository in custom_nodes', () => {
  it('is the pack', async () => {
    await using base = await baseFolder()
    await symlink(repository, join(base.customNodes, 'a-clone'), 'junction')
    await using server = await startOn(base.path, ['a-clone'])
    const seen = await seenOn(server.address)
    expect(seen.nodes.toSorted()).toEqual(nodeNames.toSorted())
    expect(seen).toMatchObject({ modules: ['custom_nodes.a-clone'], handshake: 200 })
    expect(seen.scripts.length).toBeGreaterThan(0)
    expect(seen.scripts.every((path) => path.startsWith('/extensions/a-clone/'))).toBe(true)
    expect(seen.templates['a-clone']).toContain('run-workflow')
    const template = await fetch(`${server.address}/api/workflow_templates/a-clone/run-workflow.json`)
    expect(await template.json()).toMatchObject({ version: 0.4 })
    expect(seen.log).not.toMatch(/is missing|Cannot import|Unable to parse/)
  })

  it('says what to type where it is not built, and has its nodes all the same', async () => {
    await using base = await baseFolder()
    const clone = join(base.customNodes, 'a-clone')
    await mkdir(clone)
    for (const name of ['__init__.py', 'pyproject.toml']) await cp(join(repository, name), join(clone, name))
    await cp(join(repository, 'comfy-nodes'), join(clone, 'comfy-nodes'), {
      recursive: true,
      filter: (source) => !/[\\/](__pycache__|web)$/.test(source),
    })
    await using server = await startOn(base.path, ['a-clone'])
    const seen = await seenOn(server.address)
    expect(seen.nodes.toSorted()).toEqual(nodeNames.toSorted())
    expect(seen.log).toContain(
      'its program and its part of the page is missing. Nodes that run workflows do not work yet. Install Node.js 20.19 or later, type `npm ci` in that folder, and restart ComfyUI.',
    )
  })
})
