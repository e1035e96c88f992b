import { firstKey } from './dynamic-combo.ts'
import type { InputSpec } from './input-spec.ts'

/** The value of a widget that the workflow holds none for. */
export function defaultValue(input: InputSpec): unknown {
  const given = input.options['default']
  if (given !== undefined) return given
  switch (input.type) {
    case 'INT':
    case 'FLOAT':
      return 0
    case 'BOOLEAN':
      return false
    case 'STRING':
    case 'LOAD_3D':
    case 'WEBCAM':
    case 'AUDIO_RECORD':
      return ''
    case 'COMFY_DYNAMICCOMBO_V3':
      return firstKey(input)
    case 'IMAGECOMPARE':
      return ['', '']
    default:
      return input.choices?.[0]
  }
}
