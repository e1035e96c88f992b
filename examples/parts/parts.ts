import type { Discomfort, Image } from 'discomfort'

const here = (file: string) => new URL(file, import.meta.url)

/** The four parts: one loads a model, one encodes the prompt, one samples, one makes the picture. */
export const parts = ['load.json', 'encode.json', 'sample.json', 'decode.json'].map(here)

/**
 * A picture out of four partial workflows. What an OUTPUT port of one gives, the INPUT port of that id in the next takes:
 * model, CLIP, VAE and conditionings as references, the latent as data. With `stitch` they go to the server as one prompt.
 */
export async function portrait(
  discomfort: Discomfort,
  { prompt, seed, stitch }: { prompt: string; seed: number; stitch?: boolean },
): Promise<Image> {
  const { image } = await discomfort.run(parts, { inputs: { prompt, seed }, outputs: { image: 'IMAGE' }, stitch })
  return image
}
