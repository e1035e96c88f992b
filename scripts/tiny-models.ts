import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../src/server/command.ts'
import { discomfortHome } from '../src/home.ts'

/**
 * Makes the tiny random models once and gives the arguments with which ComfyUI finds them beside its own.
 * With them real sampling takes a moment on a CPU; nothing is downloaded.
 */
export async function tinyModels(python: string): Promise<string[]> {
  const folder = join(discomfortHome(), 'tiny-models')
  const paths = join(folder, 'paths.yaml')
  const isThere = await access(paths).then(
    () => true,
    () => false,
  )
  if (!isThere) await make(python, folder, paths)
  return ['--extra-model-paths-config', paths]
}

async function make(python: string, folder: string, paths: string): Promise<void> {
  const script = fileURLToPath(new URL('../examples/models/make_tiny_models.py', import.meta.url))
  const models = join(folder, 'models')
  const fresh = `${models}.${process.pid}`
  await mkdir(folder, { recursive: true })
  const { code, lines } = await runCommand(python, [script, fresh])
  if (code !== 0) throw new Error(`The tiny models could not be made:\n${lines.join('\n')}`)
  await rm(models, { recursive: true, force: true })
  await rename(fresh, models)
  const kinds = [
    'checkpoints',
    'diffusion_models',
    'text_encoders',
    'vae',
    'loras',
    'controlnet',
    'upscale_models',
    'embeddings',
  ]
  const entries = kinds.map((kind) => `  ${kind}: ${kind}`)
  await writeFile(paths, ['tiny:', `  base_path: ${JSON.stringify(models)}`, ...entries, ''].join('\n'))
}
