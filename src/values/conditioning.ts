import { isTensor, type Tensor } from './tensor.ts'
import { describe, wrongType } from './wrong-type.ts'

/**
 * A ComfyUI CONDITIONING by value: pairs of what the text encoder gave, usually F32 [batch, tokens, channels], and
 * options beside it (`pooled_output`, `strength`, `area`, …) by the names that ComfyUI gives them.
 */
export type Conditioning = readonly (readonly [encoded: Tensor, options: Readonly<Record<string, unknown>>])[]

/** Whether a value is the list that ComfyUI has for a CONDITIONING. */
export function isConditioning(value: unknown): value is Conditioning {
  return Array.isArray(value) && value.every(isPair)
}

/** The list that a value for a CONDITIONING is. */
export function conditioning(value: unknown, key: string | undefined): Conditioning {
  if (isConditioning(value)) return value
  throw wrongType('CONDITIONING (an array of pairs of a tensor and an object)', describe(value), { key })
}

function isPair(pair: unknown): boolean {
  if (!Array.isArray(pair) || pair.length !== 2) return false
  const [encoded, options] = pair as [unknown, unknown]
  return isTensor(encoded) && typeof options === 'object' && options !== null && !Array.isArray(options)
}
