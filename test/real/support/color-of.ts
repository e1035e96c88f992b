import type { Image } from 'discomfort'

/** The colour of a picture's first pixel, as EmptyImage takes it. */
export async function colorOf(image: Image): Promise<number> {
  const [red, green, blue] = [...(await image.pixels()).subarray(0, 3)].map((part) => Math.round(part * 255))
  return ((red ?? 0) << 16) + ((green ?? 0) << 8) + (blue ?? 0)
}
