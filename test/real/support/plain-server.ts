import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../src/server/launch/free-port.ts'
import { startProcessGroup } from '../../../src/server/launch/process-group.ts'

/** A ComfyUI as people run it: no launcher, no pack. */
export interface PlainServer extends AsyncDisposable {
  readonly address: string
  /** Where its SaveImage nodes write. */
  readonly output: string
}

export async function startPlainServer(launch: {
  comfyui: string
  python: string
  args: readonly string[]
}): Promise<PlainServer> {
  const folder = await mkdtemp(join(tmpdir(), 'discomfort-plain-'))
  const output = join(folder, 'output')
  await Promise.all([mkdir(join(folder, 'user')), mkdir(output)])
  const port = await freePort()
  const own = [
    '--user-directory',
    join(folder, 'user'),
    '--temp-directory',
    folder,
    '--output-directory',
    output,
    '--database-url',
    `sqlite:///${join(folder, 'comfyui.db')}`,
  ]
  const group = await startProcessGroup(
    launch.python,
    [
      join(launch.comfyui, 'main.py'),
      '--cpu',
      '--listen',
      '127.0.0.1',
      '--port',
      String(port),
      '--disable-auto-launch',
      '--disable-all-custom-nodes',
      ...own,
      ...launch.args,
    ],
    { env: { ...process.env, OMP_NUM_THREADS: '1' }, logFile: join(folder, 'log.txt') },
  )
  const address = `http://127.0.0.1:${port}`
  const stop = async () => {
    group.kill()
    await group.exited
    await rm(folder, { recursive: true, force: true })
  }
  while (!(await fetch(`${address}/queue`).catch(() => undefined))?.ok) {
    if (group.exit) {
      await stop()
      throw new Error('the plain ComfyUI did not start')
    }
    await sleep(100)
  }
  return { address, output, [Symbol.asyncDispose]: stop }
}
