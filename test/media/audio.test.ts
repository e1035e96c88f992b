import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Audio } from '../../src/media/audio.ts'
import { encodeValue } from '../../src/values/encode-value.ts'
import { Tensor } from '../../src/values/tensor.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-audio-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function sound(samples: readonly number[], channels = 1, batch = 1, sampleRate = 44_100): Audio {
  const length = samples.length / channels / batch
  return Audio.from({ waveform: Tensor.from(new Float32Array(samples), [batch, channels, length]), sampleRate })
}

async function samples(audio: Audio): Promise<number[]> {
  return [...((await audio.waveform.data()) as Float32Array)]
}

/** A WAV file as other programs write it: with chunks that nobody needs. */
function wav(code: number, bits: number, channels: number, data: Buffer): Buffer {
  const format = Buffer.alloc(16)
  format.writeUInt16LE(code, 0)
  format.writeUInt16LE(channels, 2)
  format.writeUInt32LE(8000, 4)
  format.writeUInt32LE((8000 * channels * bits) / 8, 8)
  format.writeUInt16LE((channels * bits) / 8, 12)
  format.writeUInt16LE(bits, 14)
  const chunks = [chunk('LIST', Buffer.from('odd')), chunk('fmt ', format), chunk('data', data)]
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]))
}

function chunk(name: string, content: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(content.length)
  return Buffer.concat([Buffer.from(name), size, content, Buffer.alloc(content.length % 2)])
}

describe('a sound', () => {
  it('tells its batch, channels, rate and length in seconds', () => {
    const audio = sound([0, 1, 2, 3, 4, 5, 6, 7], 2, 2, 4)
    expect(audio).toMatchObject({ batch: 2, channels: 2, sampleRate: 4, duration: 0.5 })
    expect(encodeValue(audio)).toMatchObject({
      type: 'AUDIO',
      tree: {
        dict: [
          ['waveform', {}],
          ['sample_rate', {}],
        ],
      },
    })
  })

  it.each([
    ['a tensor of two axes', { waveform: Tensor.from(new Float32Array(4), [2, 2]), sampleRate: 8000 }],
    ['whole numbers', { waveform: Tensor.from(new Int16Array(4), [1, 1, 4]), sampleRate: 8000 }],
    ['no rate', { waveform: Tensor.from(new Float32Array(4), [1, 1, 4]), sampleRate: 0 }],
  ])('is not made of %s', (_name, parts) => {
    expect(() => Audio.from(parts)).toThrow(expect.objectContaining({ code: 'VALUE_TYPE' }))
  })

  it('comes back bit for bit from a WAV file of floats', async () => {
    const path = join(folder, 'new', 'floats.wav')
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.float(), { minLength: 1, maxLength: 20 }),
        async (channels, one) => {
          const audio = sound(Array.from({ length: channels }, () => one).flat(), channels)
          await audio.toFile(path)
          const read = await Audio.open(path)
          expect(read.waveform.shape).toEqual([1, channels, one.length])
          expect(read.sampleRate).toBe(44_100)
          expect(await read.waveform.bytes()).toEqual(new Uint8Array(await audio.waveform.bytes()))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('of 16 bits is written again as the same file', async () => {
    const all = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768)
    const path = join(folder, 'again.wav')
    const audio = await Audio.open(wav(1, 16, 2, Buffer.from(all.buffer)))
    expect((await samples(audio))[0]).toBe(-1)
    await audio.toFile(path, { encoding: 'pcm16' })
    expect((await readFile(path)).subarray(44)).toEqual(Buffer.from(all.buffer))
  })

  it('is cut to -1 to 1 and rounded where it is written with 16 bits', async () => {
    const path = join(folder, 'cut.wav')
    await sound([2, -2, NaN, 0.5, 0.4 / 32_768, -0.6 / 32_768]).toFile(path, { encoding: 'pcm16' })
    const written = new Int16Array(new Uint8Array((await readFile(path)).subarray(44)).buffer)
    expect([...written]).toEqual([32_767, -32_768, 0, 16_384, 0, -1])
  })

  it.each([
    ['8 bits', 1, 8, Buffer.from([0, 128, 255]), [-1, 0, 127 / 128]],
    ['24 bits', 1, 24, Buffer.from([0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0xff]), [-1, 2 ** -23, -(2 ** -23)]],
    ['32 bits', 1, 32, Buffer.from(new Int32Array([-(2 ** 31), 2 ** 30]).buffer), [-1, 0.5]],
    ['doubles', 3, 64, Buffer.from(new Float64Array([0.1, -2]).buffer), [Math.fround(0.1), -2]],
  ])('is read from a WAV file of %s', async (_name, code, bits, data, expected) => {
    expect(await samples(await Audio.open(wav(code, bits, 1, data)))).toEqual(expected)
  })

  it('puts the channels of a file one after the other', async () => {
    const audio = await Audio.open(wav(3, 32, 2, Buffer.from(new Float32Array([1, 2, 3, 4, 5, 6]).buffer)))
    expect(await samples(audio)).toEqual([1, 3, 5, 2, 4, 6])
  })

  it('of a batch is written by its index, and never silently', async () => {
    const audio = sound([1, 2, 3, 4], 1, 2)
    const path = join(folder, 'batch.wav')
    await expect(audio.toFile(path)).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    await audio.toFile(path, { index: -1 })
    expect(await samples(await Audio.open(path))).toEqual([3, 4])
    await expect(audio.toFile(path, { index: 2 })).rejects.toMatchObject({ code: 'VALUE_TYPE' })
  })

  it('goes to WAV files only, and not over another unless that is meant', async () => {
    await expect(sound([1]).toFile(join(folder, 'a.flac'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    await sound([1]).toFile(join(folder, 'a.WAV'))
    const again = sound([1]).toFile(join(folder, 'a.WAV'), { overwrite: false })
    await expect(again).rejects.toMatchObject({ code: 'EXPORT_EXISTS' })
  })

  it.each([
    ['no WAV file', Buffer.from('ID3 and so on, which is an MP3')],
    ['an empty file', Buffer.alloc(0)],
    ['a WAV file without sound', chunk('RIFF', Buffer.from('WAVE'))],
    ['sound before its header', chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('data', Buffer.alloc(4))]))],
    ['an unknown coding', wav(0x55, 16, 1, Buffer.alloc(4))],
    ['no channels', wav(1, 16, 0, Buffer.alloc(4))],
  ])('is not read from %s', async (_name, bytes) => {
    await expect(Audio.open(bytes)).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
  })

  it('never fails on hostile bytes in another way', async () => {
    const good = wav(1, 16, 1, Buffer.alloc(64))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(good.length),
        async (changes, length) => {
          const bytes = Buffer.from(good.subarray(0, length))
          for (const [at, byte] of changes) if (at < length) bytes[at] = byte
          await Audio.open(bytes).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'VALUE_CORRUPT' })
          })
        },
      ),
    )
  })

  it('says which file is missing', async () => {
    const path = join(folder, 'missing.wav')
    await expect(Audio.open(path)).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND', details: { key: path } })
  })

  it('keeps its samples in memory after load()', async () => {
    const path = join(folder, 'kept.wav')
    await writeFile(path, wav(1, 16, 1, Buffer.alloc(4)))
    expect(await samples(await (await Audio.open(path)).load())).toEqual([0, 0])
  })
})
