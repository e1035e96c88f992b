import type { Dtype } from './dtype.ts'
import { isComfyObject } from './comfy-object.ts'
import { isTensor, type Tensor } from './tensor.ts'
import { isTypedValue, typedValue } from './typed-value.ts'
import { describe, wrongType } from './wrong-type.ts'

const FLOATS: readonly Dtype[] = ['F32', 'F16', 'BF16']

/** Whether a tensor can be an image: float [batch, height, width, 1 to 4 channels]. */
export function isImageTensor(tensor: Tensor): boolean {
  const channels = tensor.shape[3] ?? 0
  return tensor.shape.length === 4 && channels >= 1 && channels <= 4 && FLOATS.includes(tensor.dtype)
}

/** Whether a tensor can be a mask: float [batch, height, width]. */
export function isMaskTensor(tensor: Tensor): boolean {
  return tensor.shape.length === 3 && FLOATS.includes(tensor.dtype)
}

/** Whether a tensor can be sigmas: float [steps + 1]. */
export function isSigmasTensor(tensor: Tensor): boolean {
  return tensor.shape.length === 1 && (FLOATS.includes(tensor.dtype) || tensor.dtype === 'F64')
}

/** Whether an entry can be the samples of a latent: a tensor, or several that go as one. */
export function isSamples(entry: unknown): boolean {
  if (!isComfyObject(entry, 'NestedTensor')) return isTensor(entry)
  const { tensors } = entry.fields
  return Array.isArray(tensors) && tensors.length > 0 && tensors.every(isTensor)
}

/** The tensor that a value for an IMAGE stands for. */
export function imageTensor(value: unknown, key: string | undefined): Tensor {
  const expected = 'IMAGE (F32 [batch, height, width, 1 to 4 channels])'
  const tensor = tensorOfType(value, 'IMAGE')
  if (!tensor) {
    const reason = Array.isArray(value) ? 'Several images are sent with comfyList([…]), or as one batch.' : undefined
    throw wrongType(expected, describe(value), { key, reason })
  }
  if (!isImageTensor(tensor)) throw wrongType(expected, describeTensor(tensor), { key })
  return tensor
}

/** The tensor that a value for a MASK stands for. */
export function maskTensor(value: unknown, key: string | undefined): Tensor {
  const expected = 'MASK (F32 [batch, height, width])'
  const tensor = tensorOfType(value, 'MASK')
  if (!tensor) throw wrongType(expected, describe(value), { key })
  if (!isMaskTensor(tensor)) throw wrongType(expected, describeTensor(tensor), { key })
  return tensor
}

/** The tensor that a value for SIGMAS stands for. */
export function sigmasTensor(value: unknown, key: string | undefined): Tensor {
  const expected = 'SIGMAS (a float tensor with one axis)'
  if (!isTensor(value)) throw wrongType(expected, describe(value), { key })
  if (!isSigmasTensor(value)) throw wrongType(expected, describeTensor(value), { key })
  return value
}

/** The dict that a value for a LATENT stands for. */
export function latentEntries(value: unknown, key: string | undefined): unknown {
  const entries = isTypedValue(value) && value[typedValue].type === 'LATENT' ? value[typedValue].value : value
  const plain = typeof entries === 'object' && entries !== null && !isTypedValue(entries) && !isTensor(entries)
  if (!plain || !isSamples((entries as { samples?: unknown }).samples)) {
    throw wrongType('LATENT (with a tensor "samples")', describe(value), { key })
  }
  return entries
}

function tensorOfType(value: unknown, type: string): Tensor | undefined {
  if (isTensor(value)) return value
  if (!isTypedValue(value) || value[typedValue].type !== type) return undefined
  const tensor = value[typedValue].value
  return isTensor(tensor) ? tensor : undefined
}

/** A few words that tell a person what a tensor is. */
export function describeTensor(tensor: Tensor): string {
  return `a tensor ${tensor.dtype} [${tensor.shape.join(', ')}]`
}
