import type { Discomfort, Image } from 'discomfort'

type Link = readonly [node: string, output: number]

/** One filter: a small workflow that takes the port "image" and gives it back changed. */
function filter(classType: string, inputs: Record<string, unknown>): object {
  return {
    in: port('image'),
    filter: { class_type: classType, inputs: { image: ['in', 0], ...inputs } },
    out: port('image', ['filter', 0]),
  }
}

function port(uniqueId: string, value?: Link): object {
  return { class_type: 'DiscomfortPort', inputs: { unique_id: uniqueId, tags: '', ...(value ? { value } : {}) } }
}

/** Workflows that nobody drew: prompts made by functions, joined by their ports, sent as one. */
export async function postcard(discomfort: Discomfort, picture: Image): Promise<Image> {
  const { image } = await discomfort.run(
    [
      filter('ImageScale', { upscale_method: 'area', width: 96, height: 64, crop: 'center' }),
      filter('ImageBlur', { blur_radius: 2, sigma: 1 }),
      filter('ImageInvert', {}),
    ],
    { inputs: { image: picture }, outputs: { image: 'IMAGE' }, stitch: true },
  )
  return image
}
