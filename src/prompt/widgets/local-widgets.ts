import type { InputSpec } from './input-spec.ts'

/** Whether the page puts a "control after generate" widget behind this one. Its value is saved but never sent. */
export function hasControl(input: InputSpec): boolean {
  const wanted = input.options['control_after_generate']
  if (wanted !== undefined) return wanted !== false && wanted !== null
  return input.type === 'INT' && (input.name === 'seed' || input.name === 'noise_seed')
}

/** The names of the upload buttons that the page adds behind a class's required inputs. */
export function uploadWidgets(inputs: readonly InputSpec[]): readonly string[] {
  const wanted = ['image_upload', 'animated_image_upload', 'video_upload']
  return inputs.some((input) => wanted.some((option) => input.options[option] === true)) ? ['upload'] : []
}
