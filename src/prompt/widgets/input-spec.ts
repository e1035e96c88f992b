import { typeName } from '../type-name.ts'

/** An input of a node class, read once from its definition. */
export interface InputSpec {
  readonly name: string
  readonly type: string
  /** How the page shows it: as a value to fill in, as a socket only, or as inputs that come and go. */
  readonly kind: 'widget' | 'socket' | 'dynamic-combo' | 'autogrow'
  readonly options: Readonly<Record<string, unknown>>
  /** Choices of a combo, if it has any. */
  readonly choices: readonly unknown[] | undefined
  /** Kept in workflows but never sent. */
  readonly local?: boolean
  /** False where no place among the saved values belongs to the widget. */
  readonly saved?: boolean
  /** False where the widget has no socket. */
  readonly socket?: boolean
}

/** Types that the page shows as widgets. Everything else is a socket without a value. */
const widgetTypes: ReadonlySet<string> = new Set([
  'INT',
  'FLOAT',
  'BOOLEAN',
  'STRING',
  'COMBO',
  'MARKDOWN',
  'TEXTAREA',
  'COLOR',
  'COLORS',
  'CURVE',
  'RANGE',
  'CHART',
  'GALLERIA',
  'PAINTER',
  'BOUNDING_BOX',
  'BOUNDING_BOXES',
  'IMAGECOMPARE',
  'LOAD_3D',
  'WEBCAM',
  'AUDIO_RECORD',
])

/** Reads one `[type, options]` pair of a node definition. */
export function readInputSpec(name: string, raw: unknown): InputSpec {
  const [rawType, rawOptions] = Array.isArray(raw) ? (raw as unknown[]) : [raw]
  const options = isRecord(rawOptions) ? rawOptions : {}
  const type = typeName(rawType)
  return {
    name,
    type,
    kind: kindOf(type, options),
    options,
    choices: choicesOf(rawType, options),
    ...(type === 'IMAGECOMPARE' ? { saved: false } : {}),
  }
}

function kindOf(type: string, options: Readonly<Record<string, unknown>>): InputSpec['kind'] {
  if (type === 'COMFY_DYNAMICCOMBO_V3') return 'dynamic-combo'
  if (type === 'COMFY_AUTOGROW_V3') return 'autogrow'
  if (options['forceInput'] === true) return 'socket'
  const shown = typeof options['widgetType'] === 'string' ? options['widgetType'] : type
  return widgetTypes.has(shown) ? 'widget' : 'socket'
}

function choicesOf(rawType: unknown, options: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if (Array.isArray(rawType)) return rawType as unknown[]
  return Array.isArray(options['options']) ? (options['options'] as unknown[]) : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
