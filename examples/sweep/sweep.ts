import { Image, product, Tensor, type Discomfort } from 'discomfort'
import { parts } from '../parts/parts.ts'

/** The seeds side by side, one row for each strength of the prompt. */
export const axes = { 'KSampler.cfg': [1, 4, 7], seed: [1, 2, 3, 4] } as const

/**
 * A picture for each combination, on one sheet. The model is loaded into a context by reference, once, and all runs of
 * the map share it.
 */
export async function sweep(discomfort: Discomfort): Promise<Image> {
  const context = discomfort.context()
  try {
    const [load, encode, ...rest] = parts
    await discomfort.run([load, encode] as URL[], { context, inputs: { prompt: 'a red apple on a table' } })
    const results = await discomfort.map(rest, product(axes), { context, outputs: { image: 'IMAGE' } })
    const images = results.map((result) => {
      if (result.status === 'rejected') throw result.error
      return result.outputs.image
    })
    return await contactSheet(images, axes.seed.length)
  } finally {
    await context.shutdown()
  }
}

/** Pictures of one size in rows of so many. */
async function contactSheet(images: readonly Image[], columns: number): Promise<Image> {
  const [, height = 0, width = 0, channels = 0] = images[0]?.tensor.shape ?? []
  const rows = Math.ceil(images.length / columns)
  const line = columns * width * channels
  const sheet = new Float32Array(rows * height * line)
  for (const [index, image] of images.entries()) {
    const pixels = await image.pixels()
    const left = (index % columns) * width * channels
    const top = Math.floor(index / columns) * height
    for (let y = 0; y < height; y += 1)
      sheet.set(pixels.subarray(y * width * channels, (y + 1) * width * channels), (top + y) * line + left)
  }
  return Image.from(Tensor.from(sheet, [1, rows * height, columns * width, channels]))
}
