import { describe, expect, it } from 'vitest'
import { createHttp } from '../../../src/server/http/http.ts'
import { placeInQueue } from '../../../src/server/jobs/job-record.ts'
import { fakeComfyUI } from '../../../src/testing/fake-comfyui.ts'

type Item = readonly [number: number, id: string]

async function placeOf(id: string, running: readonly Item[], pending: readonly Item[]) {
  const body = { queue_running: running, queue_pending: pending }
  await using server = await fakeComfyUI({ intercept: () => ({ status: 200, body }) })
  return await placeInQueue(createHttp(server.url), id)
}

describe('the place of a job in the queue', () => {
  it('counts by number, and by id where numbers are equal, however the server lists them', async () => {
    const pending: Item[] = [
      [5, 'd'],
      [2.5, 'b'],
      [-7, 'z'],
      [2.5, 'a'],
    ]
    const places = await Promise.all(pending.map(([, id]) => placeOf(id, [[1, 'r']], pending)))
    expect(places).toEqual([4, 3, 1, 2].map((position) => ({ state: 'pending', position })))
  })

  it('is none where it runs, and where it is not there', async () => {
    expect(await placeOf('r', [[1, 'r']], [])).toEqual({ state: 'running' })
    expect(await placeOf('x', [[1, 'r']], [[2, 'a']])).toBeUndefined()
  })
})
