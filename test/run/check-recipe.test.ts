import { describe, expect, it } from 'vitest'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import { packDefinitions } from '../../src/prompt/pack-definitions.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { captureRecipe } from '../../src/run/capture-recipe.ts'
import { checkDepth } from '../../src/run/check-depth.ts'
import { checkRecipe } from '../../src/run/check-recipe.ts'
import type { PassByChoice } from '../../src/run/pass-by.ts'
import { passBy } from '../../src/run/pass-by.ts'
import { failure } from '../support/failure.ts'
import { node } from '../support/port-definitions.ts'

const define = (input: Record<string, readonly unknown[]>, output: readonly string[], more = {}) => ({
  input: { required: input },
  output,
  ...more,
})
const definitions = {
  Load: define({ file: [['a', 'b']] }, ['MODEL']),
  Sample: define({ model: ['MODEL'], steps: ['INT', { min: 1, max: 9 }] }, ['LATENT']),
  Paid: define({}, ['IMAGE'], { api_node: true }),
  ...packDefinitions,
} as unknown as NodeDefinitions

function check(prompt: Prompt, last: string, choice?: PassByChoice) {
  const source = { prompt, loads: [], originOf: (id: string) => ({ workflow: 'a.json', node: id }), files: {} }
  return checkRecipe('x', captureRecipe(source, [last, 0], { type: 'MODEL', isList: false }), definitions, choice)
}

describe('a recipe that is captured', () => {
  it('passes where the server would take it', () => {
    expect(check({ 7: node('Load', { file: 'a' }) }, '7')).toEqual([])
  })

  it('is refused with file, node and input where the server would refuse it', async () => {
    const prompt = { 7: node('Load', { file: 'c' }), 8: node('Sample', { model: ['7', 0], steps: 99 }) }
    const { message, details } = await failure('REFERENCE_INVALID', () => check(prompt, '8'))
    expect(details.problems).toMatchObject([
      { workflow: 'a.json', node: '7', title: 'Load' },
      { workflow: 'a.json', node: '8', title: 'Sample' },
    ])
    expect(message).toContain('"Sample" (node 8 of a.json)')
  })

  it('is warned of where it holds a sampler', () => {
    const prompt = { 7: node('Load', { file: 'a' }), 8: node('Sample', { model: ['7', 0], steps: 2 }) }
    expect(check(prompt, '8')).toEqual([expect.stringContaining('the sampler "Sample" (node 8 of a.json)')])
  })

  it('may cost money only where the call names its key', async () => {
    const prompt = { 7: node('Paid') }
    const { details } = await failure('REFERENCE_COSTS', () => check(prompt, '7', 'ref'))
    expect(details).toMatchObject({ key: 'x', nodes: [{ node: '7', classType: 'Paid', workflow: 'a.json' }] })
    expect(check(prompt, '7', { x: 'ref' })).toEqual([])
  })
})

describe('the way that an output leaves a run', () => {
  it('is by reference for objects that live in the server, else as data', () => {
    expect(passBy('x', 'MODEL')).toBe('ref')
    expect(passBy('x', 'IMAGE')).toBe('val')
    expect(passBy('x', '*')).toBe('val')
  })

  it('is as data for what a call asks for as a kind, unless it says how', () => {
    expect(passBy('x', 'CONDITIONING', { isAsked: true, byType: { CONDITIONING: 'ref' } })).toBe('val')
    expect(passBy('x', 'CONDITIONING', { isAsked: true, choice: { x: 'ref' } })).toBe('ref')
  })

  it('is what the call says, for all or by key', () => {
    expect(passBy('x', 'IMAGE', { choice: 'ref' })).toBe('ref')
    expect(passBy('x', 'MODEL', { choice: 'val' })).toBe('val')
    expect(passBy('x', 'IMAGE', { choice: { x: 'ref' } })).toBe('ref')
    expect(passBy('y', 'IMAGE', { choice: { x: 'ref' } })).toBe('val')
  })

  it('is what the configuration says of its type, where the call says nothing', () => {
    expect(passBy('x', 'IMAGE', { choice: undefined, byType: { IMAGE: 'ref' } })).toBe('ref')
    expect(passBy('x', 'IMAGE', { choice: { x: 'val' }, byType: { IMAGE: 'ref' } })).toBe('val')
    expect(passBy('y', 'IMAGE', { choice: { x: 'val' }, byType: { IMAGE: 'ref' } })).toBe('ref')
  })
})

describe('the depth of a prompt', () => {
  const chain = (length: number): Prompt =>
    Object.fromEntries(
      Array.from({ length }, (_, at) => [`${at}`, node('Link', at === 0 ? {} : { from: [`${at - 1}`, 0] })]),
    )

  it('may be as much as the server follows', async () => {
    expect(() => checkDepth(chain(978), 'a.json')).not.toThrow()
    const { details } = await failure('PROMPT_TOO_DEEP', () => checkDepth(chain(979), 'a.json'))
    expect(details).toEqual({ nodes: 979, most: 978, workflow: 'a.json' })
    expect((await failure('PROMPT_TOO_DEEP', () => checkDepth(chain(100_000), 'a.json'))).details.nodes).toBe(100_000)
  })

  it('does not grow with nodes side by side, nor without end in a circle', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`${at}`, node('Lone')]))
    expect(() => checkDepth({ ...wide, all: node('All', { from: ['4999', 0] }) }, 'a.json')).not.toThrow()
    const circle = { ...wide, a: node('A', { b: ['b', 0] }), b: node('B', { a: ['a', 0] }) }
    expect(() => checkDepth(circle, 'a.json')).not.toThrow()
  })
})
