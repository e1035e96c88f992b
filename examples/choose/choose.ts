import type { Discomfort, Image } from 'discomfort'

const here = (file: string) => new URL(file, import.meta.url)

/** Lightens a dark picture and darkens a bright one: one workflow tells which of the two others is run. */
export async function balance(
  discomfort: Discomfort,
  picture: Image,
): Promise<{ brightness: number; did: 'lighten' | 'darken'; image: Image }> {
  const context = discomfort.context()
  try {
    await context.save('image', picture)
    const { brightness } = await discomfort.run(here('brightness.json'), { context, outputs: { brightness: 'FLOAT' } })
    const did = brightness < 0.5 ? 'lighten' : 'darken'
    await discomfort.run(here(`${did}.json`), { context })
    const image = await context.load('image', 'IMAGE')
    await image.load()
    return { brightness, did, image }
  } finally {
    await context.shutdown()
  }
}
