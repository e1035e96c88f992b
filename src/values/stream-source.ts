import { DiscomfortError } from '../errors.ts'
import type { TensorSource } from './tensor.ts'

/**
 * A source over a stream of bytes in pieces of any size. It can be read once, from the beginning to the end: so it is as
 * long as it is, and nothing of it is kept.
 */
export function streamSource(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): TensorSource {
  let pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined
  let rest = new Uint8Array(0)
  let position = 0
  return {
    async read(offset, length) {
      if (offset !== position) throw readTwice(offset, position)
      pieces ??= Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        if (rest.length === 0) {
          const next = await pieces.next()
          if (next.done) throw tooShort(position + filled, offset + length)
          rest = next.value as Uint8Array<ArrayBuffer>
        }
        const part = rest.subarray(0, length - filled)
        bytes.set(part, filled)
        rest = rest.subarray(part.length)
        filled += part.length
      }
      position += length
      return bytes
    },
  }
}

function readTwice(offset: number, position: number): DiscomfortError<'VALUE_GONE'> {
  const message = `A tensor over a stream is read once, from its beginning to its end: byte ${offset} was asked for, and byte ${position} comes next. Save it into a context and load it from there, or call load() first.`
  return new DiscomfortError('VALUE_GONE', message, { details: { id: 'of a stream' } })
}

function tooShort(found: number, needed: number): DiscomfortError<'VALUE_TYPE'> {
  const [expected, told] = [`a stream of at least ${needed} bytes`, `one that ended after ${found}`]
  return new DiscomfortError('VALUE_TYPE', `A tensor needs ${expected}, and was given ${told}.`, {
    details: { expected, found: told },
  })
}
