import { describe, expect, it } from 'vitest'
import { findInput, findOutput, inputAddresses, unknownAddress } from '../../src/ports/address.ts'
import { definitions, node, port } from '../support/port-definitions.ts'

const prompt = {
  1: node('Sampler', { seed: 5, 'options.size': 64 }, 'Sampler'),
  2: node('Sampler', { seed: 6 }, 'Fine v1.5'),
  3: node('Picture', {}, 'Twice'),
  4: node('Picture', {}, 'Twice'),
  '5:7': node('Number', { value: 1 }, 'Inner'),
  6: node('Many', {}, 'Two outputs'),
  7: port('in'),
  8: { class_type: 'Any', inputs: { anything: null } },
}
const input = (address: string) => findInput(address, { prompt }, definitions)
const output = (address: string) => findOutput(address, prompt, definitions)

describe('the address of an input', () => {
  it('is the title or the id of its node, a dot, and its name', () => {
    expect(input('Sampler.seed')).toMatchObject({ node: '1', input: 'seed', type: 'INT' })
    expect(input('2.seed')).toMatchObject({ node: '2', input: 'seed', type: 'INT' })
    expect(input('5:7.value')).toMatchObject({ node: '5:7', input: 'value', type: 'INT,FLOAT' })
  })

  it('may have dots in the title and in the name', () => {
    expect(input('Fine v1.5.seed')).toMatchObject({ node: '2', input: 'seed' })
    expect(input('Sampler.options.size')).toMatchObject({ node: '1', input: 'options.size', type: '*' })
  })

  it('may name an input that is not set', () => {
    expect(input('Sampler.cfg')).toMatchObject({ node: '1', input: 'cfg', type: 'FLOAT' })
  })

  it('may use the class where no title is called so', () => {
    expect(input('Any.anything')).toMatchObject({ node: '8', input: 'anything', type: '*' })
    expect(input('Number.value')).toMatchObject({ node: '5:7' })
  })

  it('is refused where several nodes are called so, with the addresses by id', () => {
    expect(() => input('Twice.image')).toThrow(
      expect.objectContaining({
        code: 'ADDRESS_AMBIGUOUS',
        details: { address: 'Twice.image', candidates: ['3.image', '4.image'] },
      }),
    )
    expect(input('4.image')).toMatchObject({ node: '4' })
  })

  it('is unknown where there is no such node or input, also by names of prototypes', () => {
    for (const address of [
      'Sampler.sede',
      'Nobody.seed',
      'seed',
      '.seed',
      'Sampler.',
      'constructor.name',
      '1.toString',
    ])
      expect(input(address)).toBeUndefined()
  })
})

describe('the address of an output', () => {
  it('is the title or id of a node with one output', () => {
    expect(output('Sampler')).toEqual({ link: ['1', 0], type: 'LATENT', isList: false })
    expect(output('2')).toEqual({ link: ['2', 0], type: 'LATENT', isList: false })
    expect(output('Fine v1.5')).toMatchObject({ link: ['2', 0] })
  })

  it('names the output where there are several', () => {
    expect(output('Two outputs.count')).toEqual({ link: ['6', 1], type: 'INT', isList: false })
    expect(output('Many.IMAGE')).toEqual({ link: ['6', 0], type: 'IMAGE', isList: true })
    expect(() => output('Two outputs')).toThrow(
      expect.objectContaining({
        code: 'ADDRESS_AMBIGUOUS',
        details: { address: 'Two outputs', candidates: ['6.IMAGE', '6.count'] },
      }),
    )
  })

  it('is unknown where nothing is called so', () => {
    for (const address of ['Samplr', 'Sampler.IMAGE', '9', 'constructor']) expect(output(address)).toBeUndefined()
  })
})

describe('an unknown address', () => {
  it('is answered with the nearest names', () => {
    const candidates = inputAddresses({ prompt })
    expect(candidates).toContain('Sampler.seed')
    expect(candidates).toContain('Fine v1.5.seed')
    expect(candidates).not.toContain('in.unique_id')
    const error = unknownAddress('Sampler.sede', candidates, 'input', 'a.json')
    expect(error).toMatchObject({ code: 'ADDRESS_NOT_FOUND', details: { address: 'Sampler.sede' } })
    expect(error.details.candidates[0]).toBe('Sampler.seed')
    expect(error.message).toContain('Did you mean "Sampler.seed"')
    expect(error.message).toContain('a.json')
  })

  it('says where there is nothing at all', () => {
    expect(unknownAddress('x', [], 'output', 'a.json').message).toContain('It has none.')
  })

  it('lists nodes of one title by their ids', () => {
    const twice = { 1: node('Any', { anything: 1 }, 'Twice'), 2: node('Any', { anything: 2 }, 'Twice') }
    expect(inputAddresses({ prompt: twice })).toEqual(['1.anything', '2.anything'])
  })
})
