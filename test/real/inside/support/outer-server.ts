import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../../src/server/launch/free-port.ts'
import { installPack } from '../../../../src/server/install/pack/install-pack.ts'
import { startProcessGroup } from '../../../../src/server/launch/process-group.ts'
import { temporaryFolder } from '../../../support/folders.ts'

/** A ComfyUI as people run it, with the pack in its custom_nodes, to run workflows inside. */
export interface OuterServer extends AsyncDisposable {
  readonly address: string
  readonly pid: number
  /** Where its page saves, and the bridge's configuration lies. */
  readonly user: string
  /** Where its SaveImage nodes write. */
  readonly output: string
  /** Saves a workflow as its page does. */
  save(name: string, workflow: object): Promise<void>
  /** Writes discomfort.bridge.json. */
  configure(config: object): Promise<void>
  log(): Promise<string>
}

const testNodes = fileURLToPath(new URL('../../nodes/discomfort_test_nodes', import.meta.url))

/** Starts one, with the nodes of the tests and what `launch` has besides: the tiny models. */
export async function startOuterServer(
  launch: { comfyui: string; python: string; args: readonly string[]; env: Readonly<Record<string, string>> },
  more: Readonly<Record<string, string>> = {},
): Promise<OuterServer> {
  const folder = await temporaryFolder('outer')
  const [base, user, output] = ['base', 'user', 'output'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  for (const name of ['custom_nodes', 'models', 'input']) await mkdir(join(base, name), { recursive: true })
  for (const path of [join(user, 'default', 'workflows'), output]) await mkdir(path, { recursive: true })
  await installPack(base)
  await symlink(testNodes, join(base, 'custom_nodes', 'discomfort_test_nodes'), 'junction')
  const logFile = join(folder.path, 'log.txt')
  const port = await freePort()
  const own = ['--port', String(port), '--base-directory', base, '--user-directory', user, '--output-directory', output]
  own.push('--temp-directory', folder.path, '--database-url', `sqlite:///${join(folder.path, 'comfyui.db')}`)
  const args = [join(launch.comfyui, 'main.py'), '--cpu', '--disable-auto-launch', ...modelPaths(launch.args), ...own]
  const env = { ...process.env, ...launch.env, ...more }
  const group = await startProcessGroup(launch.python, args, { env, logFile })
  const address = `http://127.0.0.1:${port}`
  const stop = async () => {
    group.kill()
    await group.exited
    await folder[Symbol.asyncDispose]()
  }
  while (!(await fetch(`${address}/queue`).catch(() => undefined))?.ok) {
    if (group.exit) {
      const log = await readFile(logFile, 'utf8')
      await stop()
      throw new Error(`the outer ComfyUI did not start:\n${log.slice(-2000)}`)
    }
    await sleep(100)
  }
  return {
    address,
    pid: group.pid,
    user,
    output,
    async save(name, workflow) {
      const path = join(user, 'default', 'workflows', name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, JSON.stringify(workflow))
    },
    configure: (config) => writeFile(join(user, 'discomfort.bridge.json'), JSON.stringify(config)),
    log: () => readFile(logFile, 'utf8'),
    [Symbol.asyncDispose]: stop,
  }
}

/** Where the models of the tests lie; the other folders are this server's own. */
function modelPaths(args: readonly string[]): string[] {
  const at = args.indexOf('--extra-model-paths-config')
  return args.slice(at, at + 2)
}
