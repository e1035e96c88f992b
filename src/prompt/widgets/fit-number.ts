import type { InputSpec } from './input-spec.ts'

/** Fits a value into the range and steps of a number widget, as the page does with what a primitive holds. */
export function fitNumber(value: unknown, { type, options }: InputSpec): unknown {
  if (type !== 'INT' && type !== 'FLOAT') return value
  const { min = -Infinity, max = Infinity } = options as { min?: number; max?: number }
  if (typeof value === 'bigint') return value < min ? min : value > max ? max : value
  const clamped = Math.min(max, Math.max(min, Number(value)))
  return type === 'INT' ? onStep(clamped, options) : rounded(clamped, options)
}

function onStep(value: number, options: InputSpec['options']): number {
  const step = numberOr(options['step'], 1)
  const offset = numberOr(options['min'], 0) % step || 0
  return Math.round((value - offset) / step) * step + offset
}

function rounded(value: number, options: InputSpec['options']): number {
  if (options['round'] === false) return value
  const decimals = Math.max(0, -Math.floor(Math.log10(numberOr(options['step'], 0.5))))
  const unit = numberOr(options['round'], 10 ** -decimals)
  return Number((Math.round(value / unit) * unit).toFixed(decimals))
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && value > 0 ? value : fallback
}
