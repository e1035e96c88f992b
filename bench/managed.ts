import { fileURLToPath } from 'node:url'
import { Discomfort } from 'discomfort'
import { tinyModels } from '../scripts/tiny-models.ts'
import { managedInstallation } from '../src/server/install/install.ts'

/** A managed ComfyUI of its own for a benchmark, with the tiny models and the nodes of bench/nodes. */
export async function startManaged(env?: Readonly<Record<string, string>>): Promise<Discomfort> {
  const { folder, python, base } = await installed()
  return Discomfort.create({
    comfyui: folder,
    python,
    args: [
      '--base-directory',
      base ?? folder,
      ...(await tinyModels(python)),
      '--extra-model-paths-config',
      fileURLToPath(new URL('nodes.yaml', import.meta.url)),
    ],
    customNodes: ['discomfort_bench_nodes'],
    env,
  })
}

/** The managed ComfyUI that is there. */
export async function installed() {
  const installation = await managedInstallation()
  if (!installation) throw new Error('There is no managed ComfyUI: run `npm run demo` first.')
  return installation
}
