import { isTensor } from './tensor.ts'
import { isTypedValue, typedValue } from './typed-value.ts'

/** Reads every tensor inside a value into memory and keeps it there. */
export async function loadTensors(value: unknown): Promise<void> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if (isTensor(value)) {
    await value.load()
    return
  }
  const inner = isTypedValue(value) ? value[typedValue].value : value
  for (const item of inner instanceof Map ? inner.values() : Object.values(inner as object)) await loadTensors(item)
}
