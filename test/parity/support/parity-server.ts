import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tinyModels } from '../../../scripts/tiny-models.ts'
import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'
import { ComfyConnector } from '../../../src/server/connector.ts'
import { managedInstallation } from '../../../src/server/install/install.ts'
import type { Frontend } from './frontend.ts'

/** A managed ComfyUI that serves one frontend. Its node definitions are the same at every start. */
export interface ParityServer extends AsyncDisposable {
  readonly address: string
  readonly python: string
  readonly comfyui: string
  readonly frontend: string
  readonly definitions: NodeDefinitions
}

/**
 * Starts the managed ComfyUI with a frontend. Its folders are new and empty: lists of files are part of the node
 * definitions, and what other tests uploaded would change them from run to run.
 */
export async function startParityServer(frontend: Frontend): Promise<ParityServer> {
  const installation = await managedInstallation()
  if (!installation) throw new Error('The managed ComfyUI is missing. Run `npm test`, or `npx discomfort install`.')
  const { python } = installation
  const base = await mkdtemp(join(tmpdir(), 'discomfort-parity-'))
  await mkdir(join(base, 'custom_nodes'))
  const connector = await ComfyConnector.create({
    comfyui: installation.folder,
    python,
    customNodes: 'none',
    args: ['--base-directory', base, ...(await tinyModels(python)), ...(await frontend.serverArguments(python))],
    env: { OMP_NUM_THREADS: '1' },
  })
  const stats = (await (await fetch(`${connector.serverAddress}/system_stats`)).json()) as {
    system: { comfyui_version: string }
  }
  return {
    address: connector.serverAddress,
    python,
    comfyui: stats.system.comfyui_version,
    frontend: frontend.version,
    definitions: await connector.nodeDefinitions(),
    [Symbol.asyncDispose]: async () => {
      await connector.shutdown()
      await rm(base, { recursive: true, force: true })
    },
  }
}
