import type { Discomfort, Image } from 'discomfort'

const here = (file: string) => new URL(file, import.meta.url)

/** One step of the loop, as it is told. */
export interface Step {
  readonly step: number
  readonly quality: number
  readonly image: Image
}

/**
 * The refinement loop: make a picture, then improve and assess it until it is good enough or ten steps are done.
 * The three workflows were drawn in ComfyUI and know nothing of each other; what joins them are the ids of their ports.
 */
export async function refine(
  discomfort: Discomfort,
  options: { seed: number; goodEnough: number; onStep: (step: Step) => void | Promise<void> },
): Promise<Image> {
  const context = discomfort.context()
  try {
    await discomfort.run(here('make.json'), {
      context,
      inputs: { prompt: 'a red apple on a table', seed: options.seed },
    })
    for (let step = 1; step <= 10; step += 1) {
      const inputs = { seed: options.seed + step }
      await discomfort.run(here('improve.json'), { context, inputs })
      const { quality } = await discomfort.run(here('assess.json'), { context, outputs: { quality: 'FLOAT' } })
      await options.onStep({ step, quality, image: await context.load('image', 'IMAGE') })
      if (quality >= options.goodEnough) break
    }
    const image = await context.load('image', 'IMAGE')
    await image.load()
    return image
  } finally {
    await context.shutdown()
  }
}
