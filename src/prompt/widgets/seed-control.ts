import type { InputSpec } from './input-spec.ts'

/** Whether the page puts a "control after generate" widget behind this one. Its value is saved but never sent. */
export function hasControl(input: InputSpec): boolean {
  const wanted = input.options['control_after_generate']
  if (wanted !== undefined) return wanted !== false && wanted !== null
  return input.type === 'INT' && (input.name === 'seed' || input.name === 'noise_seed')
}
