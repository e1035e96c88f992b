/** A preview picture of a sampler, with the node it belongs to. */
export interface PreviewFrame {
  readonly kind: 'preview'
  readonly promptId: string
  readonly node: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** A text that a node shows while it runs. */
export interface TextFrame {
  readonly kind: 'text'
  readonly node: string
  readonly text: string
}

/**
 * A binary message of the server. It begins with its type: 3 is a text behind the length and id of its node, 4 a picture
 * behind the length of a JSON text, which names node and prompt. Others name no prompt, and are left out.
 */
export function readFrame(bytes: Buffer): PreviewFrame | TextFrame | undefined {
  if (bytes.length < 8) return undefined
  const type = bytes.readUInt32BE(0)
  const end = 8 + bytes.readUInt32BE(4)
  if (end > bytes.length) return undefined
  const head = bytes.toString('utf8', 8, end)
  if (type === 3) return { kind: 'text', node: head, text: bytes.toString('utf8', end) }
  return type === 4 ? readPreview(head, bytes.subarray(end)) : undefined
}

function readPreview(head: string, picture: Uint8Array): PreviewFrame | undefined {
  try {
    const about = JSON.parse(head) as Record<string, unknown>
    return {
      kind: 'preview',
      promptId: String(about['prompt_id']),
      node: String(about['display_node_id'] ?? about['node_id']),
      mediaType: typeof about['image_type'] === 'string' ? about['image_type'] : 'image/jpeg',
      bytes: new Uint8Array(picture),
    }
  } catch {
    return undefined
  }
}
