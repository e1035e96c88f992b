import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Video } from '../../src/media/video.ts'
import { ComfyObject } from '../../src/values/comfy-object.ts'
import { encodeValue } from '../../src/values/encode-value.ts'
import { Tensor } from '../../src/values/tensor.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-video-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The beginnings of video files, as the standards of their containers have it. */
const heads = {
  mp4: Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1'),
  mov: Buffer.from('\0\0\0\x14ftypqt  \0\0\x02\0qt  ', 'latin1'),
  webm: Buffer.from('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04', 'latin1'),
  matroska: Buffer.from('\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska\x42\x87\x81\x04', 'latin1'),
  avi: Buffer.from('RIFF\x24\0\0\0AVI LIST', 'latin1'),
} as const

const endings = { mp4: 'mp4', mov: 'mov', webm: 'webm', matroska: 'mkv', avi: 'avi' } as const

function frames(file: Tensor | null): Video {
  const rate = ComfyObject.from('Fraction', { numerator: 30_000, denominator: 1001 })
  const audio = { waveform: Tensor.from(new Float32Array(8), [1, 2, 4]), sample_rate: 8000 }
  const images = Tensor.from(new Float32Array(24), [2, 2, 2, 3])
  return Video.of(ComfyObject.from('VideoFromComponents', { file, images, audio, frame_rate: rate, bit_depth: 8 }))
}

describe('a video', () => {
  it.each(Object.keys(heads) as (keyof typeof heads)[])(
    'that is %s tells it and keeps its bytes',
    async (container) => {
      const path = join(folder, `in.${endings[container]}`)
      await writeFile(path, Buffer.concat([heads[container], Buffer.alloc(10_000, 7)]))
      const video = await Video.open(path)
      expect(await video.container()).toBe(container)
      const out = join(folder, 'made', `${container}.${endings[container].toUpperCase()}`)
      await video.toFile(out)
      expect(await readFile(out)).toEqual(await readFile(path))
    },
  )

  it('is not written into another container, and says what converts it', async () => {
    const written = Video.from(heads.webm).toFile(join(folder, 'wrong.mp4'))
    await expect(written).rejects.toMatchObject({ code: 'VALUE_TYPE', message: expect.stringContaining('.webm') })
    await expect(written).rejects.toMatchObject({ message: expect.stringContaining('SaveVideo') })
  })

  it('is not opened where it is none', async () => {
    await writeFile(join(folder, 'picture.mp4'), 'GIF89a')
    await expect(Video.open(join(folder, 'picture.mp4'))).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
    await expect(Video.open(join(folder, 'no.mp4'))).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
  })

  it('is read when its bytes are asked for, and kept by load()', async () => {
    const path = join(folder, 'lazy.mp4')
    await writeFile(path, heads.mp4)
    const [lazy, kept] = [await Video.open(path), await (await Video.open(path)).load()]
    await writeFile(path, heads.mp4.subarray(0, 8))
    await expect(lazy.bytes()).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
    expect(await kept.bytes()).toEqual(new Uint8Array(heads.mp4))
    await rm(path)
    await expect(lazy.bytes()).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
  })

  it('is stored as the object that the pack makes again', () => {
    const { type, tree, tensors } = encodeValue(Video.from(heads.mp4))
    expect(type).toBe('VIDEO')
    const fields = [
      ['file', { tensor: '0' }],
      ['start_time', { int: '0' }],
      ['duration', { int: '0' }],
    ]
    expect(tree).toEqual({ object: ['VideoFromFile', { dict: fields }] })
    expect(tensors[0]).toMatchObject({ dtype: 'U8', shape: [heads.mp4.length] })
  })

  it('of frames has them, their rate, their sound and the file that was encoded of them', async () => {
    const video = frames(Tensor.from(heads.mp4))
    expect(video.frames).toMatchObject({ batch: 2, height: 2, width: 2 })
    expect(video.frameRate).toBeCloseTo(29.97, 2)
    expect(video.audio).toMatchObject({ channels: 2, sampleRate: 8000 })
    expect(await video.container()).toBe('mp4')
    expect(Video.from(heads.mp4)).toMatchObject({ frames: undefined, frameRate: undefined, audio: undefined })
  })

  it('of frames that could not be encoded says why it has no file', async () => {
    const written = frames(null).toFile(join(folder, 'none.mp4'))
    await expect(written).rejects.toMatchObject({ code: 'VALUE_TYPE', message: expect.stringContaining('even widths') })
  })

  it('of which a part is meant is not written as a whole', async () => {
    const fields = { file: Tensor.from(heads.mp4), start_time: 1.5, duration: 0 }
    const video = Video.of(ComfyObject.from('VideoFromFile', fields))
    expect(video.window).toEqual({ start: 1.5, duration: 0 })
    await expect(video.toFile(join(folder, 'part.mp4'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    expect(await video.bytes()).toEqual(new Uint8Array(heads.mp4))
  })

  it.each([
    ['a path', 'in.mp4'],
    ['bytes', new Uint8Array(4)],
    ['another object', ComfyObject.from('MESH', {})],
  ])('is not %s for a VIDEO, and the error says how to open one', (_name, value) => {
    const message = expect.stringContaining('Video.open')
    expect(() => encodeValue(value, 'VIDEO', 'clip')).toThrow(expect.objectContaining({ code: 'VALUE_TYPE', message }))
  })
})
