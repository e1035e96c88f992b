import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createHttp, request, type Http } from '../../../src/server/http/http.ts'
import type { JobServer } from '../../../src/server/jobs/job-server.ts'
import { runJob } from '../../../src/server/jobs/run-job.ts'
import { createSocket, type ServerSocket } from '../../../src/server/jobs/socket.ts'
import { failure } from '../../support/failure.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'

function jobServer(http: Http, socket: ServerSocket): JobServer {
  return { http, socket, watches: new Set(), hasJobRoutes: false, isUseless() {}, isSilent() {} }
}

describe.concurrent('a server that takes requests and answers none', () => {
  it('is not waited for where a small answer is due', async () => {
    await using server = await fakeComfyUI({ intercept: () => 'none' })
    const http = { ...createHttp(server.url), patience: 50 }
    const { details } = await failure('SERVER_UNREACHABLE', request(http, '/queue', { small: true }))
    expect(details.reason).toBe('it takes too long')
  })

  it('does not hold a job that is to be cancelled', async () => {
    const controller = new AbortController()
    await using server = await fakeComfyUI({
      intercept: ({ path }) => (path === '/prompt' ? undefined : 'none'),
      script: () => controller.abort(),
    })
    const http = { ...createHttp(server.url), patience: 50 }
    const socket = createSocket(http, async () => {})
    const job = { promptId: randomUUID(), prompt: {}, signal: controller.signal }
    await failure('SERVER_UNREACHABLE', runJob(jobServer(http, socket), job))
    // A busy machine may not even have sent one in the time that it has.
    expect(server.requests.filter((path) => path.endsWith('/cancel')).length).toBeLessThanOrEqual(3)
    socket.close()
  })

  it('does not hold a job that nobody hears of any more', async () => {
    await using server = await fakeComfyUI({
      intercept: ({ path }) => (path === '/prompt' ? undefined : 'none'),
      script: () => server.dropSockets(),
    })
    const http = { ...createHttp(server.url), patience: 10 }
    const socket = createSocket(http, async () => {})
    const job = { promptId: randomUUID(), prompt: {} }
    await failure('SERVER_UNREACHABLE', runJob(jobServer(http, socket), job))
    socket.close()
  })
})
