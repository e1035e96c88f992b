import type { Readable, Writable } from 'node:stream'
import { stringify } from 'lossless-json'
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc/node'
import { parseJsonText } from '../../workflow/json-text.ts'

/** JSON-RPC over two streams. Whole numbers of any size stay exact both ways. */
export function connectStreams(input: Readable, output: Writable): MessageConnection {
  const reader = new StreamMessageReader(input, {
    contentTypeDecoder: {
      name: 'application/json',
      decode: async (bytes) => parseJsonText(new TextDecoder().decode(bytes)) as Message,
    },
  })
  const writer = new StreamMessageWriter(output, {
    contentTypeEncoder: {
      name: 'application/json',
      encode: async (message) => new TextEncoder().encode(stringify(message) ?? ''),
    },
  })
  return createMessageConnection(reader, writer)
}
