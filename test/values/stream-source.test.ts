import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tensor } from '../../src/values/tensor.ts'

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const size of [...sizes, bytes.length]) {
    await Promise.resolve()
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function collect(tensor: Tensor): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of tensor.stream()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('a tensor over a stream', () => {
  it('has its bytes, whatever pieces they come in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(50)), async (bytes, sizes) => {
        const tensor = Tensor.fromStream(pieces(bytes, sizes), [bytes.length], 'U8')
        expect(await collect(tensor)).toEqual(Buffer.from(bytes))
        expect(await Tensor.fromStream([bytes], [bytes.length], 'U8').bytes()).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  it('asks for the next piece when the one before it was taken', async () => {
    const asked: number[] = []
    const many = (function* () {
      for (let at = 0; at < 4; at += 1) {
        asked.push(at)
        yield new Uint8Array(4 * 2 ** 20)
      }
    })()
    const tensor = Tensor.fromStream(many, [16 * 2 ** 20], 'U8')
    expect(asked).toEqual([])
    let taken = 0
    for await (const _chunk of tensor.stream()) {
      taken += 1
      expect(asked).toHaveLength(taken)
    }
  })

  it('is read once, and says so; what was loaded stays', async () => {
    const once = Tensor.fromStream([new Uint8Array(8)], [2], 'F32')
    await collect(once)
    await expect(once.data()).rejects.toMatchObject({ code: 'VALUE_GONE' })
    const loaded = await Tensor.fromStream([new Uint8Array(8)], [2], 'F32').load()
    expect(await loaded.data()).toEqual(await loaded.data())
  })

  it('that ends too early is an error that tells where', async () => {
    const { message } = (await Tensor.fromStream([new Uint8Array(7)], [2], 'F32')
      .data()
      .catch((error: unknown) => error)) as Error
    expect(message).toContain('a stream of at least 8 bytes, and was given one that ended after 7')
  })
})
