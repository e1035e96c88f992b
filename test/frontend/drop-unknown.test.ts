import { describe, expect, it } from 'vitest'
import { dropUnknown } from '../../src/frontend/drop-unknown.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { failure } from '../support/failure.ts'

/** As the page writes it: what it does not know has no class. */
const prompt = {
  1: { inputs: {} },
  '2:7': { inputs: { UNKNOWN: 'a label' } },
  3: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
  4: { inputs: { image: ['3', 0] } },
} as unknown as Prompt

const unknown = ['1', '2:7', '4'].map((id) => ({ id, type: `Type${id}`, title: `Title ${id}`, properties: {} }))

describe('nodes that the page does not know', () => {
  it('are left out where they hang on nothing', () => {
    const { 1: one, '2:7': label } = prompt
    const alone = { 1: one, '2:7': label, 5: { class_type: 'Note', inputs: {} } } as unknown as Prompt
    expect(dropUnknown(alone, unknown.slice(0, 2), 'a.json')).toEqual({ 5: { class_type: 'Note', inputs: {} } })
  })

  it('are named by type, with their nodes and packs, where links come or go', async () => {
    const packed = unknown.map((node) => ({ ...node, type: 'Foo', properties: { cnr_id: '', aux_id: 'me/foo' } }))
    const { message, details } = await failure('WORKFLOW_NODES_MISSING', () => dropUnknown(prompt, packed, 'a.json'))
    expect(message).toContain('"a.json"')
    expect(message).toContain('"Foo" (node 1, 4, from the pack me/foo)')
    expect(details).toEqual({
      source: 'a.json',
      missing: [
        {
          type: 'Foo',
          pack: 'me/foo',
          nodes: [
            { id: '1', title: 'Title 1' },
            { id: '4', title: 'Title 4' },
          ],
        },
      ],
    })
  })

  it('that are not there leave the prompt as it is', () => {
    expect(dropUnknown(prompt, [], 'a.json')).toBe(prompt)
  })
})
