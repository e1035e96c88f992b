/**
 * `npm run bench:start`: what `Discomfort.create` adds to the start of a ComfyUI: from the call to the new process, and
 * from the server's first answer to anybody until `create` resolves. Linux only, since it reads /proc.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Discomfort } from 'discomfort'
import { freePort } from '../src/server/launch/free-port.ts'
import { installed } from './managed.ts'
import { median } from './paired.ts'

const rounds = Number(process.argv[2] ?? 5)
const installation = await installed()
const spawned: number[] = []
const resolved: number[] = []
const whole: number[] = []

for (let round = 0; round < rounds; round += 1) {
  const port = await freePort()
  const called = Date.now()
  const creating = Discomfort.create({
    comfyui: installation.folder,
    python: installation.python,
    args: ['--base-directory', installation.base ?? installation.folder],
    customNodes: 'none',
    port,
  })
  const [discomfort, ready, first] = await Promise.all([creating, creating.then(() => Date.now()), firstAnswer(port)])
  spawned.push((await startOf(discomfort.connector.pid as number)) - called)
  resolved.push(ready - first)
  whole.push(ready - called)
  await discomfort.close()
}
const show = (name: string, values: number[]) =>
  console.log(`${name}: median ${median(values)} ms, largest ${Math.max(...values)} ms`)
show('from the call to the new process', spawned)
show("from the server's first answer to create resolving", resolved)
show('from the call to create resolving', whole)
process.exitCode = Math.max(...spawned) > 300 || Math.max(...resolved) > 300 ? 1 : 0

/** When anybody is answered first: an outsider asks every 5 ms. */
async function firstAnswer(port: number): Promise<number> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/queue`).catch(() => undefined)
    if (response?.ok) return Date.now()
    await sleep(5)
  }
}

/** When a process began, in milliseconds since 1970, to the kernel's hundredth of a second. */
async function startOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const uptime = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0])
  return Date.now() - uptime * 1000 + ticks * 10
}
