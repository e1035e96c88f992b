import { randomUUID } from 'node:crypto'
import type { Prompt } from '../../src/prompt/prompt.ts'
import type { SubmitNote } from '../../src/schema/submit.ts'
import { ComfyConnector } from '../../src/server/connector.ts'
import { createHttp } from '../../src/server/http/http.ts'
import type { JobServer } from '../../src/server/jobs/job-server.ts'
import type { Job } from '../../src/server/jobs/run-job.ts'
import { createSocket } from '../../src/server/jobs/socket.ts'
import { fakeComfyUI, type FakeComfyUI, type FakeOptions } from '../../src/testing/fake-comfyui.ts'

export const prompt: Prompt = {
  1: { class_type: 'Load', inputs: {}, _meta: { title: 'The model' } },
  2: { class_type: 'Save', inputs: { images: ['1', 0] } },
}

/** With it a prompt goes through the route of the pack. */
export const note: SubmitNote = { v: 1, context: 'c', reads: [], digests: {}, ram: 0, forget: [] }

/** A fake server, and a connector to it. */
export interface Attached extends AsyncDisposable {
  readonly server: FakeComfyUI
  readonly comfy: ComfyConnector
  /** Sends the prompt. */
  readonly run: (job?: Partial<Job>) => ReturnType<ComfyConnector['runJob']>
}

export async function attach(options: FakeOptions = {}): Promise<Attached> {
  const server = await fakeComfyUI(options)
  const comfy = await ComfyConnector.create({ server: server.url })
  return {
    server,
    comfy,
    run: (job = {}) => comfy.runJob({ promptId: randomUUID(), prompt, ...job }),
    async [Symbol.asyncDispose]() {
      await comfy.shutdown()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** What jobs need of a server, for one that is waited for so long (ms). */
export function jobServer(url: string, patience: number, hasJobRoutes = false): JobServer & Disposable {
  const http = { ...createHttp(url), patience }
  const socket = createSocket(http, async () => {})
  return {
    http,
    socket,
    watches: new Set(),
    hasJobRoutes,
    isUseless() {},
    isSilent() {},
    [Symbol.dispose]: () => socket.close(),
  }
}
