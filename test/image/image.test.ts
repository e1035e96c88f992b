import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Image } from '../../src/image/image.ts'
import { Tensor } from '../../src/values/tensor.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-image-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Every byte there is, in every channel, in some order. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 167 + (index >> 8) * 13) & 0xff)
}

function png(pixels: Uint8Array | Uint16Array, width: number, channels: 1 | 2 | 3 | 4): Promise<Buffer> {
  const raw = { width, height: pixels.length / width / channels, channels }
  const picture = sharp(pixels, { raw })
  if (pixels instanceof Uint16Array) picture.toColourspace(channels < 3 ? 'grey16' : 'rgb16')
  return picture.png().toBuffer()
}

function rawPixels(path: string): Promise<Buffer> {
  return sharp(path).raw().toBuffer()
}

describe('opening a picture', () => {
  it('divides 8 bits by 255 in single precision', async () => {
    const pixels = noise(32 * 16 * 3)
    const image = await Image.open(await png(pixels, 32, 3))
    expect(image.tensor).toMatchObject({ dtype: 'F32', shape: [1, 16, 32, 3] })
    expect([image.batch, image.height, image.width, image.channels]).toEqual([1, 16, 32, 3])
    expect(await image.pixels()).toEqual(Float32Array.from(pixels, (byte) => byte / 255))
  })

  it('divides 16 bits by 65535 and loses nothing', async () => {
    const pixels = Uint16Array.from({ length: 8 * 8 * 3 }, (_, index) => index * 341)
    const image = await Image.open(await png(pixels, 8, 3))
    expect(await image.pixels()).toEqual(Float32Array.from(pixels, (value) => value / 65_535))
    const grey = Uint16Array.from({ length: 64 }, (_, index) => index * 1039)
    const expected = Float32Array.from(
      [...grey].flatMap((value) => [value, value, value]),
      (value) => value / 65_535,
    )
    expect(await (await Image.open(await png(grey, 8, 1))).pixels()).toEqual(expected)
  })

  it('drops alpha from the image, without touching the colours below it, and gives it as a mask', async () => {
    const pixels = noise(8 * 4 * 4)
    const file = await png(pixels, 8, 4)
    const colours = pixels.filter((_, index) => index % 4 !== 3)
    expect(await (await Image.open(file)).pixels()).toEqual(Float32Array.from(colours, (byte) => byte / 255))
    const mask = await Image.openMask(file)
    expect(mask.tensor.shape).toEqual([1, 4, 8])
    const alpha = pixels.filter((_, index) => index % 4 === 3)
    expect(await mask.pixels()).toEqual(Float32Array.from(alpha, (byte) => 1 - Math.fround(byte / 255)))
  })

  it('gives grey as three equal channels, and its alpha as a mask', async () => {
    const file = await png(new Uint8Array([10, 255, 200, 0]), 2, 2)
    expect(await (await Image.open(file)).pixels()).toEqual(
      Float32Array.from([10, 10, 10, 200, 200, 200], (byte) => byte / 255),
    )
    expect(await (await Image.openMask(file)).pixels()).toEqual(new Float32Array([0, 1]))
  })

  it('gives zeros of 64 by 64 as the mask of a picture without alpha', async () => {
    const mask = await Image.openMask(await png(noise(12), 2, 3))
    expect(mask.tensor.shape).toEqual([1, 64, 64])
    expect((await mask.pixels()).every((value) => value === 0)).toBe(true)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a picture with the EXIF orientation %d upright', async (orientation) => {
    const pixels = noise(3 * 2 * 3)
    const tagged = await sharp(await png(pixels, 3, 3))
      .withMetadata({ orientation })
      .png()
      .toBuffer()
    const upright = await sharp(tagged).rotate().raw().toBuffer({ resolveWithObject: true })
    const image = await Image.open(tagged)
    expect([image.width, image.height]).toEqual(orientation < 5 ? [3, 2] : [2, 3])
    expect(await image.pixels()).toEqual(Float32Array.from(upright.data, (byte) => byte / 255))
  })

  it('ignores colour profiles, as ComfyUI does', async () => {
    const pixels = noise(4 * 4 * 3)
    const tagged = await sharp(await png(pixels, 4, 3))
      .withIccProfile('p3')
      .png()
      .toBuffer()
    const stored = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer()
    expect(await (await Image.open(tagged)).pixels()).toEqual(Float32Array.from(stored, (byte) => byte / 255))
  })

  it('reads JPEG and WebP', async () => {
    const raw = { width: 16, height: 16, channels: 3 } as const
    for (const format of ['jpeg', 'webp'] as const) {
      const file = await sharp(new Uint8Array(16 * 16 * 3).fill(128), { raw })
        .toFormat(format)
        .toBuffer()
      const image = await Image.open(file)
      expect([image.width, image.height, image.channels]).toEqual([16, 16, 3])
      expect((await image.pixels())[0]).toBeCloseTo(128 / 255, 2)
    }
  })

  it('gives every frame of an animation as one of the batch', async () => {
    const frames = [noise(4 * 2 * 3), noise(48).subarray(24)]
    const raw = { width: 4, height: 4, channels: 3, pageHeight: 2 } as const
    const file = await sharp(Buffer.concat(frames), { raw }).webp({ lossless: true, loop: 0 }).toBuffer()
    const image = await Image.open(file)
    expect(image.tensor.shape).toEqual([2, 2, 4, 3])
    expect(await image.pixels()).toEqual(Float32Array.from(Buffer.concat(frames), (byte) => byte / 255))
  })

  it('says which file is missing, and which is no picture', async () => {
    const missing = join(folder, 'missing.png')
    await expect(Image.open(missing)).rejects.toMatchObject({
      code: 'VALUE_NOT_FOUND',
      message: expect.stringContaining(missing) as string,
    })
    const text = join(folder, 'text.png')
    await writeFile(text, 'no picture')
    await expect(Image.open(text)).rejects.toMatchObject({ code: 'VALUE_CORRUPT', details: { id: text } })
    await expect(Image.open(new Uint8Array(3))).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
    const half = await png(noise(64 * 64 * 3), 64, 3)
    await expect(Image.open(half.subarray(0, half.length / 2))).rejects.toMatchObject({ code: 'VALUE_CORRUPT' })
  })
})

describe('writing a picture', () => {
  it('opens and writes a PNG without changing one bit', async () => {
    const pixels = noise(256 * 3 * 3)
    const [from, to] = [join(folder, 'from.png'), join(folder, 'to.png')]
    await writeFile(from, await png(pixels, 16, 3))
    await (await Image.open(from)).toFile(to)
    expect(Buffer.compare(await rawPixels(to), pixels)).toBe(0)
  })

  it('cuts to 0 to 1 and drops the fraction, as SaveImage does', async () => {
    const values = new Float32Array([-1, 0, 0.5, 1, 2, NaN, Infinity, -Infinity, 0.999, 1 / 255, 0.0039, 0.7])
    const path = join(folder, 'cut.png')
    await Image.from(Tensor.from(values, [1, 2, 2, 3])).toFile(path)
    expect([...(await rawPixels(path))]).toEqual([0, 0, 127, 255, 255, 0, 255, 0, 254, 1, 0, 178])
  })

  it.each([1, 2, 3, 4])('writes %d channels to PNG', async (channels) => {
    const pixels = noise(4 * 4 * channels)
    const path = join(folder, `channels-${channels}.png`)
    await Image.from(
      Tensor.from(
        Float32Array.from(pixels, (byte) => byte / 255),
        [1, 4, 4, channels],
      ),
    ).toFile(path)
    expect(await sharp(path).metadata()).toMatchObject({ channels, width: 4, height: 4, depth: 'uchar' })
    // Read as colours, grey comes three times.
    const offsets = [[], [0, 0, 0], [0, 0, 0, 1], [0, 1, 2], [0, 1, 2, 3]][channels]!
    const expected = Array.from({ length: 16 }, (_, pixel) =>
      offsets.map((offset) => pixels[pixel * channels + offset]),
    )
    expect([...(await rawPixels(path))]).toEqual(expected.flat())
  })

  it('writes JPEG without alpha, and WebP without loss unless a quality is given', async () => {
    const pixels = noise(16 * 16 * 4)
    const image = Image.from(
      Tensor.from(
        Float32Array.from(pixels, (byte) => byte / 255),
        [1, 16, 16, 4],
      ),
    )
    for (const name of ['a.jpg', 'a.JPEG', 'a.webp', 'lossy.webp']) {
      await image.toFile(join(folder, name), name === 'lossy.webp' ? { quality: 10 } : {})
    }
    expect(await sharp(join(folder, 'a.jpg')).metadata()).toMatchObject({ format: 'jpeg', channels: 3 })
    expect(await sharp(join(folder, 'a.JPEG')).metadata()).toMatchObject({ format: 'jpeg' })
    expect(Buffer.compare(await rawPixels(join(folder, 'a.webp')), pixels)).toBe(0)
    expect(Buffer.compare(await rawPixels(join(folder, 'lossy.webp')), pixels)).not.toBe(0)
  })

  it('writes halves', async () => {
    const path = join(folder, 'half.png')
    await Image.from(Tensor.from(new Uint16Array([0x3c00, 0x0000, 0x3800]), [1, 1, 1, 3], 'F16')).toFile(path)
    expect([...(await rawPixels(path))]).toEqual([255, 0, 127])
  })

  it('writes one picture of a batch, and says how to choose it', async () => {
    const pixels = new Float32Array(3 * 3).fill(1, 6)
    const image = Image.from(Tensor.from(pixels, [3, 1, 1, 3]))
    const path = join(folder, 'one.png')
    await expect(image.toFile(path)).rejects.toMatchObject({
      code: 'VALUE_TYPE',
      message: expect.stringMatching(/batch of 3.*index.*slice/) as string,
    })
    await image.toFile(path, { index: 2 })
    expect([...(await rawPixels(path))]).toEqual([255, 255, 255])
    await image.toFile(path, { index: -3 })
    expect([...(await rawPixels(path))]).toEqual([0, 0, 0])
    await image.slice(1, 2).toFile(path)
    for (const index of [3, -4, 0.5])
      await expect(image.toFile(path, { index })).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    await expect(image.slice(0, 0).toFile(path)).rejects.toMatchObject({ code: 'VALUE_TYPE' })
  })

  it('makes folders, replaces files unless told not to, and leaves nothing beside them', async () => {
    const image = Image.from(Tensor.from(new Float32Array(3), [1, 1, 1, 3]))
    const place = join(folder, 'new', 'deep')
    const path = join(place, 'a.png')
    await image.toFile(path, { overwrite: false })
    await image.toFile(path)
    await expect(image.toFile(path, { overwrite: false })).rejects.toMatchObject({
      code: 'EXPORT_EXISTS',
      details: { path },
    })
    await expect(image.toFile(join(place, 'a.bmp'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    await mkdir(join(place, 'folder.png'))
    await expect(image.toFile(join(place, 'folder.png'))).rejects.toThrow()
    expect((await readdir(place)).toSorted()).toEqual(['a.png', 'folder.png'])
  })
})

describe('an image', () => {
  it('is made of float tensors with four axes and up to four channels only', () => {
    const tensor = (shape: number[]) => Tensor.from(new Float32Array(shape.reduce((a, b) => a * b)), shape)
    expect(Image.from(tensor([2, 3, 4, 1])).batch).toBe(2)
    for (const shape of [
      [2, 3, 4],
      [1, 2, 2, 5],
      [1, 2, 2, 0],
      [1, 1, 2, 2, 3],
    ]) {
      expect(() => Image.from(tensor(shape))).toThrow(expect.objectContaining({ code: 'VALUE_TYPE' }))
    }
    expect(() => Image.from(Tensor.from(new Uint8Array(3), [1, 1, 1, 3]))).toThrow(
      expect.objectContaining({ code: 'VALUE_TYPE' }),
    )
  })

  it('is loaded for good', async () => {
    let reads = 0
    const read = (_: number, length: number) => {
      reads++
      return Promise.resolve(new Uint8Array(length))
    }
    const image = Image.from(new Tensor('F32', [1, 1, 1, 3], { read }))
    expect(await image.load()).toBe(image)
    await image.pixels()
    expect(reads).toBe(1)
  })
})

describe('a batch that is made picture by picture', () => {
  const one = (value: number, width = 3) =>
    Image.from(Tensor.from(new Float32Array(2 * width * 3).fill(value), [1, 2, width, 3]))

  it('is the pictures one behind the other, each asked for in its turn', async () => {
    const asked: number[] = []
    async function* made() {
      for (let number = 0; number < 4; number += 1) {
        await Promise.resolve()
        asked.push(number)
        yield one(number / 4)
      }
    }
    const batch = Image.fromFrames(made(), [4, 2, 3, 3])
    expect(asked).toEqual([])
    await batch.load()
    expect(batch.batch).toBe(4)
    const values: (number | undefined)[] = []
    for (const frame of batch.frames()) values.push((await frame.pixels()).at(-1))
    expect(values).toEqual([0, 0.25, 0.5, 0.75])
  })

  it('is refused where a picture is of another size, or where there are too few', async () => {
    await expect(Image.fromFrames([one(0), one(0, 4)], [2, 2, 3, 3]).pixels()).rejects.toMatchObject({
      code: 'VALUE_TYPE',
    })
    await expect(Image.fromFrames([one(0)], [2, 2, 3, 3]).pixels()).rejects.toMatchObject({ code: 'VALUE_TYPE' })
  })
})
