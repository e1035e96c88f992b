import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Discomfort, Image, RunOutputs, WorkflowContext } from 'discomfort'

// These are checked by the compiler; nothing runs.
declare const discomfort: Discomfort
declare const context: WorkflowContext
const typed = () => discomfort.run('a.json', { outputs: { quality: 'FLOAT', image: 'IMAGE', seed: 'BIGINT' } })
const untyped = () => discomfort.run('a.json')
const loaded = () => [context.load('image', 'IMAGE'), context.load('anything')] as const

describe('the types of outputs', () => {
  it('follow the kinds that were asked for', () => {
    expectTypeOf<Awaited<ReturnType<typeof typed>>>().toEqualTypeOf<{
      readonly quality: number
      readonly image: Image
      readonly seed: bigint
    }>()
    expectTypeOf<Awaited<ReturnType<typeof loaded>[0]>>().toEqualTypeOf<Image>()
    expect(typed).toBeTypeOf('function')
  })

  it('are open where none were asked for', () => {
    // oxlint-disable-next-line typescript/no-explicit-any -- that is what is tested
    expectTypeOf<Awaited<ReturnType<typeof untyped>>>().toEqualTypeOf<Record<string, any>>()
    expectTypeOf<Awaited<ReturnType<typeof loaded>[1]>>().toEqualTypeOf<unknown>()
    expectTypeOf<RunOutputs<Record<string, 'INT'>>>().toHaveProperty('whatever')
    expect(untyped).toBeTypeOf('function')
  })

  it('refuse kinds that do not exist', () => {
    // @ts-expect-error -- PICTURE is no kind
    const wrong = () => discomfort.run('a.json', { outputs: { image: 'PICTURE' } })
    expect(wrong).toBeTypeOf('function')
  })
})
