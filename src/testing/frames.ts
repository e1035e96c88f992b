/** A picture or text that a running node shows, as bytes on the socket. */

/** Frame 4: a preview that names its node and prompt. */
export function previewWithMetadata(about: Readonly<Record<string, unknown>>, picture: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(about))
  return Buffer.concat([uint32(4), uint32(text.length), text, picture])
}

/** Frame 1: a preview that names neither. */
export function plainPreview(mediaType: string, picture: Uint8Array): Buffer {
  return Buffer.concat([uint32(1), uint32(mediaType === 'image/png' ? 2 : 1), picture])
}

/** Frame 3: a text of a node. */
export function textFrame(node: string, text: string): Buffer {
  const id = Buffer.from(node)
  return Buffer.concat([uint32(3), uint32(id.length), id, Buffer.from(text)])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
