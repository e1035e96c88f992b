import { setTimeout as sleep } from 'node:timers/promises'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { node } from './prompts.ts'

/** What a server says about a prompt. */
export interface Verdict {
  /** 200, and no errors of nodes with it. */
  readonly isAccepted: boolean
  readonly status: number
  readonly errors: readonly {
    readonly node: string
    readonly type: string
    readonly input: string | undefined
    readonly outputs: readonly string[]
  }[]
}

interface Answer {
  readonly error?: { readonly type?: string; readonly extra_info?: { readonly node_id?: string } }
  readonly node_errors?: Readonly<
    Record<string, { errors: { type: string; extra_info?: { input_name?: string } }[]; dependent_outputs: string[] }>
  >
}

/** Posts a prompt and takes it out of the queue again. */
export async function askServer(server: string, prompt: Prompt): Promise<Verdict> {
  const response = await post(server, '/prompt', { prompt })
  const answer = response.status === 500 ? {} : ((await response.json()) as Answer)
  if (response.status === 200) await post(server, '/queue', { clear: true })
  const whole = answer.error?.extra_info?.node_id
  const errors = [
    ...(whole === undefined ? [] : [{ node: whole, type: answer.error?.type ?? '', input: undefined, outputs: [] }]),
    ...Object.entries(answer.node_errors ?? {}).flatMap(([id, told]) =>
      told.errors.map(({ type, extra_info }) => ({
        node: id,
        type,
        outputs: told.dependent_outputs,
        // Where validating raises, the input told is that of whoever asked.
        input: type.startsWith('exception') ? undefined : extra_info?.input_name,
      })),
    ),
  ]
  return { isAccepted: response.status === 200 && errors.length === 0, status: response.status, errors }
}

/** Has the server busy, so that what it takes can be taken back before it runs. */
export async function holdQueue(server: string): Promise<void> {
  const slow: Prompt = {
    1: node('TestSlow', { steps: 10_000, seed: Date.now() % 1_000_000 }),
    2: node('PreviewAny', { source: ['1', 0] }),
  }
  await (await post(server, '/prompt', { prompt: slow })).json()
  await until(server, (running) => running === 1)
}

/** Ends whatever runs or waits. */
export async function clearQueue(server: string): Promise<void> {
  await post(server, '/queue', { clear: true })
  await post(server, '/interrupt', {})
  await until(server, (running) => running === 0)
}

async function until(server: string, isDone: (running: number) => boolean): Promise<void> {
  for (;;) {
    const queue = (await (await fetch(`${server}/queue`)).json()) as { queue_running: unknown[] }
    if (isDone(queue.queue_running.length)) return
    await sleep(50)
  }
}

/** A picture of one pixel in a folder of the server. */
export async function uploadPicture(server: string, type: string, name: string, subfolder: string): Promise<void> {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const form = new FormData()
  form.append('image', new Blob([Buffer.from(png, 'base64')]), name)
  form.append('type', type)
  form.append('subfolder', subfolder)
  form.append('overwrite', 'true')
  const response = await fetch(`${server}/upload/image`, { method: 'POST', body: form })
  if (!response.ok) throw new Error(`the upload of ${name} was refused with ${response.status}`)
}

function post(server: string, path: string, body: unknown): Promise<Response> {
  return fetch(server + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
}
