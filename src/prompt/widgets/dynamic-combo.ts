import { readInputSpec, type InputSpec } from './input-spec.ts'

/** The inputs that the chosen option of a dynamic combo brings with it, under dotted names. */
export function chosenInputs(combo: InputSpec, choice: unknown): readonly InputSpec[] {
  const option = combo.choices?.find((candidate) => (candidate as { key?: unknown } | null)?.key === choice) as
    | { inputs?: { required?: Record<string, unknown>; optional?: Record<string, unknown> } }
    | undefined
  return [...Object.entries(option?.inputs?.required ?? {}), ...Object.entries(option?.inputs?.optional ?? {})].map(
    ([name, raw]) => readInputSpec(`${combo.name}.${name}`, raw),
  )
}

/** The option that a new node has chosen. */
export function firstKey(combo: InputSpec): unknown {
  return (combo.choices?.[0] as { key?: unknown } | undefined)?.key
}

/** Whether a dynamic combo has an option. */
export function hasKey(combo: InputSpec, key: unknown): boolean {
  return combo.choices?.some((candidate) => (candidate as { key?: unknown } | null)?.key === key) ?? false
}

/** Whether an option of a dynamic combo brings inputs with it. */
export function bringsInputs(combo: InputSpec, key: unknown): boolean {
  return chosenInputs(combo, key).length > 0
}
