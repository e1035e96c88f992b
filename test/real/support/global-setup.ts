import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { tinyModels } from '../../../scripts/tiny-models.ts'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { managedInstallation } from '../../../src/server/install/install.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A managed ComfyUI with the pack, the nodes of test/real/nodes and the tiny models, for tests that attach. */
    server: string
    /** How another one like it is started. */
    launch: { comfyui: string; python: string; args: string[]; customNodes: string[]; env: Record<string, string> }
  }
}

/** Starts the one ComfyUI that most tests attach to. The install is made by `npm test`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const installation = await managedInstallation()
  if (!installation) throw new Error('The managed ComfyUI is missing. Run `npm test`, or `npx discomfort install`.')
  const folder = await mkdtemp(join(tmpdir(), 'discomfort-real-'))
  const testNodes = join(folder, 'nodes.yaml')
  await writeFile(
    testNodes,
    `tests:\n  custom_nodes: ${JSON.stringify(fileURLToPath(new URL('../nodes', import.meta.url)))}\n`,
  )
  const launch = {
    comfyui: installation.folder,
    python: installation.python,
    args: [
      '--base-directory',
      installation.base ?? installation.folder,
      ...(await tinyModels(installation.python)),
      '--extra-model-paths-config',
      testNodes,
    ],
    customNodes: ['discomfort_test_nodes'],
    env: { OMP_NUM_THREADS: '1' },
  }
  const connector = await ComfyConnector.create(launch)
  project.provide('server', connector.serverAddress)
  project.provide('launch', launch)
  return async () => {
    await connector.shutdown()
    await rm(folder, { recursive: true, force: true })
  }
}
