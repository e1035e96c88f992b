import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { attach, note } from '../../support/attach-job.ts'
import { failure } from '../../support/failure.ts'

/** Answers the first submit with the answer to another one. */
function answerOnce(path: string) {
  let isFirst = true
  return (request: { readonly path: string }) => {
    if (request.path !== path || !isFirst) return undefined
    isFirst = false
    return { status: 200, body: { prompt_id: randomUUID(), number: 1, node_errors: {} } }
  }
}

describe.concurrent('an answer about another prompt', () => {
  it('is as none: with the pack the prompt is sent again, and runs once', async () => {
    await using there = await attach({ intercept: answerOnce('/discomfort/submit') })
    expect(await there.run({ note })).toMatchObject({ kind: 'success' })
    expect(there.server.submitted).toHaveLength(1)
  })

  it('without the pack is an error, since the prompt might run twice', async () => {
    await using there = await attach({ pack: false, intercept: answerOnce('/prompt') })
    const promptId = randomUUID()
    const { details, cause } = await failure('SUBMIT_UNKNOWN', there.run({ promptId }))
    expect(details).toEqual({ promptId })
    expect(cause).toMatchObject({ details: { reason: 'its answer to a submit is about another prompt' } })
  })
})

describe.concurrent('a submit through the pack', () => {
  it('runs once, although something on the way repeats requests and answers', async () => {
    await using there = await attach({ faults: { repeatRequests: true, repeatAnswers: true } })
    for (let count = 1; count <= 3; count += 1) {
      expect(await there.run({ note })).toMatchObject({ kind: 'success' })
      expect(there.server.submitted).toHaveLength(count)
    }
  })

  it('runs once, although it was lost on its way and then its answer was', async () => {
    await using there = await attach({ faults: { loseSubmits: 1, loseAnswers: 1 } })
    expect(await there.run({ note })).toMatchObject({ kind: 'success' })
    expect(there.server.submitted).toHaveLength(1)
  })

  it('is sent again where only a proxy answers', async () => {
    let asked = 0
    await using there = await attach({
      intercept: ({ path }) =>
        path === '/discomfort/submit' && (asked += 1) < 3 ? { status: 503, body: 'Nobody there' } : undefined,
    })
    expect(await there.run({ note })).toMatchObject({ kind: 'success' })
    expect([asked, there.server.submitted.length]).toEqual([3, 1])
  })

  it('goes under a UUID in lower case, which the server demands, and tells where the job is', async () => {
    await using there = await attach({ script: () => undefined })
    const told: unknown[] = []
    const run = there.run({ note, onQueued: (submitted) => told.push(submitted) })
    await expect(there.run({ note, promptId: 'mine' })).rejects.toMatchObject({
      code: 'PROMPT_REJECTED',
      details: { type: 'invalid_prompt_id' },
    })
    expect(told).toMatchObject([{ instance: there.server.instance, changed: [], partial: undefined }])
    await there.comfy.shutdown()
    await failure('CLOSED', run)
  })
})

describe('a refusal of an old server', () => {
  it('is a text, and it is told', async () => {
    const definitions = { Load: { name: 'Load', output: ['IMAGE'] } }
    await using there = await attach({ pack: false, strict: true, definitions, faults: { oldRefusals: true } })
    const { details } = await failure('PROMPT_REJECTED', there.run())
    expect(details).toMatchObject({ reason: 'The class Save is not there', nodes: [] })
  })
})
