import { describe, expect, it } from 'vitest'
import { checkFits, constantFor, loaderNode } from '../../src/run/bind-value.ts'
import { small, stored } from '../support/values.ts'

describe('a value becomes a constant', () => {
  it('where it is text, true or false, or an integer', () => {
    expect(constantFor(small('STRING', 'hello'), 'STRING')).toEqual({ value: 'hello' })
    expect(constantFor(small('BOOLEAN', false), 'BOOLEAN')).toEqual({ value: false })
    expect(constantFor(small('INT', { int: '7' }), 'INT')).toEqual({ value: 7 })
    expect(constantFor(small('INT', { int: '-7' }), '*')).toEqual({ value: -7 })
  })

  it('with all its digits where it is a big integer', () => {
    expect(constantFor(small('INT', { int: '18446744073709551615' }), 'INT')).toEqual({ value: 18446744073709551615n })
    expect(constantFor(small('INT', { int: '9007199254740991' }), 'INT')).toEqual({ value: 9007199254740991 })
    expect(constantFor(small('INT', { int: '9007199254740992' }), 'INT')).toEqual({ value: 9007199254740992n })
  })

  it('where it is a float that JSON can tell from an integer, or the input is a FLOAT', () => {
    expect(constantFor(small('FLOAT', 0.5), '*')).toEqual({ value: 0.5 })
    expect(constantFor(small('FLOAT', 7), 'FLOAT')).toEqual({ value: 7 })
    expect(constantFor(small('FLOAT', 7), '*')).toBeUndefined()
    expect(constantFor(small('FLOAT', 7), 'INT,FLOAT')).toBeUndefined()
  })
})

describe('a value needs a loader', () => {
  it('where it lies in a file, is a list, or is more than a constant can say', () => {
    expect(constantFor(stored('IMAGE'), 'IMAGE')).toBeUndefined()
    expect(constantFor(small('INT', [{ int: '1' }], true), 'INT')).toBeUndefined()
    expect(constantFor(small('STRING', ['a'], true), 'STRING')).toBeUndefined()
    for (const tree of [null, ['a'], { float: 'nan' as const }, { float: '-0' as const }, { dict: [] }])
      expect(constantFor(small('*', tree), 'FLOAT')).toBeUndefined()
  })

  it('which is a node that knows its version alone', () => {
    const value = stored('IMAGE')
    expect(loaderNode(value, 'picture')).toEqual({
      class_type: 'DiscomfortContextLoader',
      inputs: { version: value.receipt.id },
      _meta: { title: 'picture' },
    })
  })
})

describe('a value fits', () => {
  it.each([
    ['INT', 'INT'],
    ['INT', 'FLOAT'],
    ['INT', 'INT,FLOAT'],
    ['FLOAT', 'INT,FLOAT'],
    ['STRING', 'COMBO'],
    ['COMBO', 'STRING'],
    ['INT', 'COMBO'],
    ['IMAGE', '*'],
    ['*', 'IMAGE'],
    ['IMAGE', 'COMFY_MATCHTYPE_V3'],
  ])('%s into %s', (found, type) => {
    expect(() => checkFits('key', small(found, null), type)).not.toThrow()
  })

  it.each([
    ['FLOAT', 'INT'],
    ['BOOLEAN', 'INT'],
    ['STRING', 'BOOLEAN'],
    ['STRING', 'INT'],
    ['INT', 'STRING'],
    ['IMAGE', 'MASK'],
    ['LATENT', 'IMAGE'],
  ])('not: %s into %s', (found, type) => {
    expect(() => checkFits('key', small(found, null), type)).toThrow(
      expect.objectContaining({ code: 'VALUE_TYPE', details: { key: 'key', expected: type, found } }),
    )
  })
})
