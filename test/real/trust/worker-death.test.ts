import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Discomfort, isDiscomfortError } from 'discomfort'
import { node, through } from '../support/prompts.ts'

/** A link that validation does not see, since its input is not declared, to a node that is not there. */
const deadly = { 1: node('PreviewAny', { source: 'text', undeclared: ['999', 0] }) }

let discomfort: Discomfort
beforeAll(async () => {
  discomfort = await Discomfort.create({ ...inject('launch'), exclusive: true })
})
afterAll(() => discomfort.close())

describe('a prompt that kills the thread which executes prompts', () => {
  it('is a typed error within ten seconds; the server is started again, and what waited is repeated', async () => {
    const { pid } = discomfort.connector
    const begun = performance.now()
    const killer = discomfort.run(deadly)
    for await (const event of killer) if (event.type === 'queued') break
    const behind = discomfort.run(through('PrimitiveInt', 'value'), { inputs: { in: 4 }, retries: 1 })
    const error = await killer.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const seconds = (performance.now() - begun) / 1000
    expect(isDiscomfortError(error, 'SERVER_CRASHED') && error.details.reason).toContain('thread')
    expect(seconds).toBeLessThan(10)
    expect((await behind)['out']).toBe(4)
    expect(behind.report.retries).toMatchObject([{ code: 'SERVER_CRASHED' }])
    expect(discomfort.connector.pid).not.toBe(pid)
  })
})
