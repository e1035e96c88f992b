import { describe, expect, it } from 'vitest'
import { readFrame } from '../../../src/server/jobs/read-frame.ts'
import { plainPreview, previewWithMetadata, textFrame } from '../../../src/testing/frames.ts'

describe('a binary message', () => {
  it('with a picture and its node is a preview', () => {
    const about = { prompt_id: 'p', node_id: '5.0', display_node_id: '5', image_type: 'image/png' }
    const frame = { kind: 'preview', promptId: 'p', node: '5', mediaType: 'image/png', bytes: Uint8Array.of(7) }
    expect(readFrame(previewWithMetadata(about, Uint8Array.of(7)))).toEqual(frame)
    const { node_id, prompt_id } = about
    expect(readFrame(previewWithMetadata({ node_id, prompt_id }, Uint8Array.of(7)))).toMatchObject({
      node: '5.0',
      mediaType: 'image/jpeg',
    })
  })

  it('with a text is that, whatever letters it has', () => {
    expect(readFrame(textFrame('12', 'half — fertig ☕'))).toEqual({
      kind: 'text',
      node: '12',
      text: 'half — fertig ☕',
    })
    expect(readFrame(textFrame('12', ''))).toEqual({ kind: 'text', node: '12', text: '' })
  })

  it('that names no prompt, or makes no sense, is none', () => {
    expect(readFrame(plainPreview('image/png', Uint8Array.of(7, 8, 9)))).toBeUndefined()
    for (const bytes of [[], [0, 0, 0, 4], [0, 0, 0, 4, 255, 255, 255, 255, 1], [0, 0, 0, 4, 0, 0, 0, 1, 0x7b]])
      expect(readFrame(Buffer.from(bytes))).toBeUndefined()
    expect(readFrame(Buffer.from([0, 0, 0, 9, 0, 0, 0, 0]))).toBeUndefined()
  })
})
