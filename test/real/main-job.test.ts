import { describe, expect, inject, it } from 'vitest'
import { Discomfort, type Image } from 'discomfort'
import { refine } from '../../examples/refine/refine.ts'

async function play(
  discomfort: Discomfort,
  seed: number,
): Promise<{ scores: number[]; first: Float32Array; last: Float32Array }> {
  const scores: number[] = []
  let first: Float32Array | undefined
  const image: Image = await refine(discomfort, {
    seed,
    goodEnough: 0.7,
    async onStep(step) {
      scores.push(step.quality)
      first ??= (await step.image.pixels()).slice()
    },
  })
  return { scores, first: first as Float32Array, last: await image.pixels() }
}

describe('the refinement loop', () => {
  it('improves a picture until its score passes, and another seed gives another picture', async () => {
    await using discomfort = await Discomfort.create({ server: inject('server') })
    const one = await play(discomfort, 1)
    const again = await play(discomfort, 1)
    const other = await play(discomfort, 2)
    expect(one.scores.length).toBeGreaterThan(1)
    expect(one.scores.at(-1)).toBeGreaterThanOrEqual(0.7)
    expect(one.scores.at(-2)).toBeLessThan(0.7)
    expect(one.last).not.toEqual(one.first)
    expect(again).toEqual(one)
    expect(other.last).not.toEqual(one.last)
  })
})
