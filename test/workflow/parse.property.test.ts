import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { parseWorkflow } from '../../src/workflow/parse.ts'
import { png, textChunk, webp } from './support/pictures.ts'

/** Runs `parseWorkflow`; anything but a DiscomfortError is a failure of the test. */
function attempt(source: string | Uint8Array | object): void {
  try {
    parseWorkflow(source)
  } catch (error) {
    if (!isDiscomfortError(error, 'WORKFLOW_INVALID')) throw error
  }
}

const workflow =
  '{"nodes":[{"id":1,"type":"A","inputs":[{"name":"x","link":1}]}],"links":[[1,1,0,1,0,"*"]],"big":12345678901234567890}'

describe('parseWorkflow of damaged sources', () => {
  it('raises nothing but WORKFLOW_INVALID for a damaged text', () => {
    fc.assert(
      fc.property(fc.nat(workflow.length), fc.nat(4), fc.string({ maxLength: 4 }), (at, cut, put) => {
        attempt(workflow.slice(0, at) + put + workflow.slice(at + cut))
      }),
    )
  })

  it('raises nothing but WORKFLOW_INVALID for any data', () => {
    const anything = fc.anything({ withNullPrototype: true })
    fc.assert(
      fc.property(
        fc.record({ nodes: fc.oneof(anything, fc.array(anything)), links: anything, definitions: anything }),
        attempt,
      ),
    )
    fc.assert(fc.property(fc.object(), attempt))
  })

  it('raises nothing but WORKFLOW_INVALID for damaged pictures', () => {
    for (const picture of [png(textChunk('workflow', workflow)), webp(`workflow:${workflow}`)]) {
      fc.assert(
        fc.property(fc.nat(picture.length - 1), fc.nat(255), fc.nat(picture.length), (at, byte, length) => {
          const damaged = Uint8Array.from(picture)
          damaged[at] = byte
          attempt(damaged.subarray(0, length))
          attempt(damaged)
        }),
      )
    }
  })

  it('keeps every integer exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
        const parsed = parseWorkflow(`{"1":{"class_type":"A","inputs":{"value":${value}}}}`)
        const read = parsed.kind === 'prompt' ? parsed.prompt['1']?.inputs['value'] : undefined
        expect(BigInt(read as number | bigint)).toBe(value)
        expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'bigint')
      }),
    )
  })
})
