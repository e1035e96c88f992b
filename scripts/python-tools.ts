import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../src/server/command.ts'
import { discomfortHome } from '../src/home.ts'

/** A folder that holds pytest and ruff, beside the managed ComfyUI and not inside it. Filled on first use. */
export async function pythonTools(python: string): Promise<string> {
  const folder = join(discomfortHome(), 'test-tools', 'python')
  const isThere = await access(join(folder, 'ruff')).then(
    () => true,
    () => false,
  )
  if (isThere) return folder
  const { code, lines } = await runCommand(python, [
    '-m',
    'pip',
    'install',
    '-q',
    '--disable-pip-version-check',
    '--target',
    folder,
    'pytest==8.4.2',
    'ruff==0.17.6',
  ])
  if (code !== 0) throw new Error(`pytest and ruff could not be installed:\n${lines.slice(-10).join('\n')}`)
  return folder
}
