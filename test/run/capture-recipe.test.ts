import { describe, expect, it } from 'vitest'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { captureRecipe } from '../../src/run/capture-recipe.ts'
import { loaderNode } from '../../src/run/bind-value.ts'
import { node } from '../support/port-definitions.ts'
import { stored } from '../support/values.ts'

const value = stored('IMAGE')
const prompt: Prompt = {
  1: node('Load', { file: 'a' }),
  2: loaderNode(value, 'picture'),
  3: node('Mix', { model: ['1', 0], image: ['2', 0], size: [1, 2], seed: 2n ** 63n }),
  4: node('Other', { model: ['1', 1] }),
  5: node('Save', { mix: ['3', 0] }),
}
const model = { type: 'MODEL', isList: false }
const capture = (node: string, slot = 0, of = prompt, workflow = 'a.json') =>
  captureRecipe(
    { prompt: of, loads: [value, stored('IMAGE')], originOf: (id) => ({ workflow, node: id }), files: {} },
    [node, slot],
    model,
  )

describe('a recipe', () => {
  it('holds what its output needs and nothing else, with where it comes from', () => {
    const { prompt: made, link, origins, reads, type } = capture('3')
    expect(Object.values(made).map(({ class_type }) => class_type)).toEqual(['DiscomfortContextLoader', 'Load', 'Mix'])
    expect(origins[link[0]]).toEqual({ workflow: 'a.json', node: '3' })
    expect(made[link[0]]?.inputs['seed']).toBe(2n ** 63n)
    expect(made[link[0]]?.inputs['size']).toEqual([1, 2])
    expect(reads).toEqual([value])
    expect(type).toBe('MODEL')
  })

  it('reads nothing where no loader is part of it', () => {
    expect(capture('4').reads).toEqual([])
  })

  it('shares with others what they have in common', () => {
    const common = Object.keys(capture('3').prompt).filter((id) => id in capture('4').prompt)
    expect(common).toHaveLength(1)
    expect(capture('1', 1).link[0]).toBe(capture('1', 0).link[0])
    expect(capture('3')).toEqual(capture('3'))
  })

  it('shares nothing that differs in content, in what it needs or in where it comes from', () => {
    const other: Prompt = { ...prompt, 1: node('Load', { file: 'b' }) }
    const ids = new Set(Object.keys(capture('3').prompt))
    expect(Object.keys(capture('3', 0, other).prompt).filter((id) => ids.has(id))).toHaveLength(1)
    expect(Object.keys(capture('3', 0, prompt, 'b.json').prompt).filter((id) => ids.has(id))).toEqual([])
  })

  it('takes over a recipe inside it as it is', () => {
    const inner = capture('1')
    const outer: Prompt = { ...inner.prompt, 9: node('Lora', { model: inner.link }) }
    const made = captureRecipe(
      {
        prompt: outer,
        loads: [],
        originOf: (id) => inner.origins[id] ?? { workflow: 'lora.json', node: id },
        files: {},
      },
      ['9', 0],
      model,
    )
    expect(made.prompt[inner.link[0]]).toEqual(inner.prompt[inner.link[0]])
    expect(Object.values(made.origins)).toEqual([
      { workflow: 'a.json', node: '1' },
      { workflow: 'lora.json', node: '9' },
    ])
  })

  it('is cut out of chains deeper than any stack, and of circles', () => {
    const chain: Prompt = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`${at}`, node('Link', at === 0 ? {} : { from: [`${at - 1}`, 0] })]),
    )
    expect(Object.keys(capture('19999', 0, chain).prompt)).toHaveLength(20_000)
    const circle: Prompt = { 1: node('A', { b: ['2', 0] }), 2: node('B', { a: ['1', 0] }) }
    expect(Object.keys(capture('1', 0, circle).prompt)).toHaveLength(2)
  })
})
