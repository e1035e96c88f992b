import { Reference } from '../context/reference.ts'
import { Image } from '../image/image.ts'
import { Audio } from '../media/audio.ts'
import { Video } from '../media/video.ts'
import { isComfyObject } from '../values/comfy-object.ts'
import { Latent } from '../values/latent.ts'
import { Mask } from '../values/mask.ts'
import { isTensor, type Tensor } from '../values/tensor.ts'

/** A value as JSON can hold it: tensors and bytes are told by their kind and size, everything else as it is. */
export function describeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Image) return { type: 'IMAGE', ...shapeOf(value.tensor) }
  if (value instanceof Mask) return { type: 'MASK', ...shapeOf(value.tensor) }
  if (value instanceof Latent) return { type: 'LATENT', ...shapeOf(value.samples) }
  if (value instanceof Audio) return { type: 'AUDIO', ...shapeOf(value.waveform), sampleRate: value.sampleRate }
  if (value instanceof Video) return { type: 'VIDEO', bytes: value.file?.byteLength ?? null }
  if (isComfyObject(value)) return { type: value.name, ...(describeValue(value.fields) as object) }
  if (value instanceof Reference) return value.toJSON()
  if (isTensor(value)) return { type: 'tensor', ...shapeOf(value) }
  if (ArrayBuffer.isView(value)) return { type: 'bytes', bytes: value.byteLength }
  if (Array.isArray(value)) return value.map(describeValue)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [String(key), describeValue(item)]))
}

function shapeOf({ dtype, shape }: Tensor): { dtype: string; shape: number[] } {
  return { dtype, shape: [...shape] }
}
