import type { Discomfort, Image } from 'discomfort'
import { parts } from '../parts/parts.ts'

const here = (file: string) => new URL(file, import.meta.url)
const [load, encode, sample, decode] = parts as [URL, URL, URL, URL]

/**
 * A LoRA and a ControlNet between the same four parts. `lora.json` takes a model and a CLIP and gives them back changed;
 * `control.json` does that with the conditionings. All of it goes by reference: nothing runs before the picture is made,
 * and the model is loaded once, with and without the LoRA.
 */
export async function compare(
  discomfort: Discomfort,
  { outline, seed }: { outline: Image; seed: number },
): Promise<{ plain: Image; styled: Image; guided: Image }> {
  const context = discomfort.context()
  try {
    const outputs = { image: 'IMAGE' } as const
    await context.save('seed', seed)
    const picture = async (): Promise<Image> => {
      const { image } = await discomfort.run([sample, decode], { context, outputs })
      await image.load()
      return image
    }
    await discomfort.run([load, encode], { context, inputs: { prompt: 'a red apple on a table' } })
    const plain = await picture()
    await discomfort.run([here('lora.json'), encode], { context, inputs: { strength: 1 } })
    const styled = await picture()
    await discomfort.run(here('control.json'), { context, inputs: { image: outline } })
    const guided = await picture()
    return { plain, styled, guided }
  } finally {
    await context.shutdown()
  }
}
