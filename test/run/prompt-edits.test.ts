import { describe, expect, it } from 'vitest'
import { createEdits } from '../../src/run/prompt-edits.ts'
import { node, port } from '../support/port-definitions.ts'
import { stored } from '../support/values.ts'

const prompt = {
  1: node('Picture', { image: ['9', 0] }),
  2: port('through', ['1', 0]),
  3: node('Many', { image: ['2', 0], size: 5, pair: [1, 2] }),
}

describe('edits of a prompt', () => {
  it('without any take the ports out and leave the rest', () => {
    expect(createEdits().apply(prompt)).toEqual({
      1: node('Picture', { image: ['9', 0] }),
      3: node('Many', { image: ['1', 0], size: 5, pair: [1, 2] }),
    })
  })

  it('set inputs, the last one counts, also of savers', () => {
    const edits = createEdits()
    edits.setInput('3', 'size', 6)
    edits.setInput('3', 'size', 7)
    edits.setInput('3', 'more', 'new')
    edits.setInput('4', 'value', 'text')
    edits.addSaver('4', { class_type: 'Saver', inputs: { value: ['2', 0], unique_id: 'out' } })
    const edited = edits.apply(prompt)
    expect(edited['3']?.inputs).toEqual({ image: ['1', 0], size: 7, pair: [1, 2], more: 'new' })
    expect(edited['4']?.inputs).toEqual({ value: 'text', unique_id: 'out' })
  })

  it('put loaders in the place of ports, once for each, and savers behind dissolved ones', () => {
    const value = stored('IMAGE')
    const edits = createEdits()
    expect(edits.bringIn('2', value, 'mine')).toEqual(['2', 0])
    expect(edits.bringIn('2', value, 'not again')).toEqual(['2', 0])
    edits.addSaver('4', { class_type: 'Saver', inputs: { value: ['2', 0] } })
    const edited = edits.apply(prompt)
    expect(edited['2']).toMatchObject({ inputs: { version: value.receipt.id }, _meta: { title: 'mine' } })
    expect(edited['3']?.inputs['image']).toEqual(['2', 0])
    expect(edited['4']?.inputs['value']).toEqual(['2', 0])
    expect([...edits.loads]).toEqual([value])
  })

  it('change nothing of the prompt that they are applied to', () => {
    const before = structuredClone(prompt)
    const edits = createEdits()
    edits.setInput('3', 'size', 6)
    edits.apply(prompt)
    expect(prompt).toEqual(before)
  })
})
