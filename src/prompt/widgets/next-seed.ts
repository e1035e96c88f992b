import type { InputSpec } from './input-spec.ts'

/** The page draws no numbers beyond these, so that a script may hold them as ordinary numbers. */
const widest = 2 ** 50

/** How a value moves from one run to the next. */
export interface SeedStep {
  /** What the widget behind the seed says: `fixed`, `increment`, `decrement`, `randomize`, `increment-wrap`. */
  readonly control: unknown
  /** Over how many runs. */
  readonly runs: number
  readonly random: () => number
}

/** The value that a widget with a "control after generate" holds so many runs later. Integers of any size stay exact. */
export function nextSeed(value: unknown, spec: InputSpec, step: SeedStep): unknown {
  if (step.runs <= 0) return value
  if (spec.choices) return nextChoice(value, spec.choices, step)
  if (typeof value !== 'number' && typeof value !== 'bigint') return value
  const width = numberOr(spec.options['step'], 1)
  const min = numberOr(spec.options['min'], 0)
  const max = numberOr(spec.options['max'], widest)
  if (step.control === 'randomize') return randomNumber(Math.max(-widest, min), Math.min(widest, max), width, step)
  const sign = step.control === 'increment' ? 1 : step.control === 'decrement' ? -1 : 0
  if (sign === 0) return value
  if (!Number.isInteger(width) || (typeof value === 'number' && !Number.isInteger(value)))
    return Math.min(max, Math.max(min, Number(value) + sign * step.runs * width))
  return inRange(BigInt(value) + BigInt(sign * step.runs) * BigInt(width), min, max)
}

function randomNumber(min: number, max: number, width: number, { random }: SeedStep): number {
  return Math.floor((random() * (max - min)) / width) * width + min
}

function inRange(value: bigint, min: number, max: number): number | bigint {
  const fitted = value < min ? BigInt(Math.ceil(min)) : value > max ? BigInt(Math.floor(max)) : value
  return Number.isSafeInteger(Number(fitted)) ? Number(fitted) : fitted
}

function nextChoice(value: unknown, choices: readonly unknown[], { control, runs, random }: SeedStep): unknown {
  const last = choices.length - 1
  const at = choices.indexOf(value)
  switch (control) {
    case 'increment':
      return choices[Math.min(last, at + runs)]
    case 'decrement':
      return choices[Math.max(0, at - runs)]
    case 'increment-wrap':
      return choices[(at + runs) % choices.length]
    case 'randomize':
      return choices[Math.floor(random() * choices.length)]
    default:
      return value
  }
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}
