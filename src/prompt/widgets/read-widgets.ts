import type { WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec } from '../definition-index.ts'
import type { Widget } from '../graph.ts'
import { defaultValue } from './default-value.ts'
import { hasControl } from './seed-control.ts'
import { chosenInputs, firstKey } from './dynamic-combo.ts'
import type { InputSpec } from './input-spec.ts'

/** Hands out saved values one after another, or by name (else by place) where they are saved as an object. */
type NextValue = (name: string) => { readonly value: unknown } | undefined

/** Lays the saved values of a node over the widgets of its class, in the order in which the page creates them. */
export function readWidgets(spec: ClassSpec, node: WorkflowNode): readonly Widget[] {
  const next = valuesOf(node.widgets_values)
  const widgets: Widget[] = []
  for (const input of spec.inputs) addInput(widgets, input, next)
  if (node.type === 'CustomCombo') addOptions(widgets, next)
  return /^KSampler(Advanced)?$/.test(node.type) ? widgets.map(withNewSamplerName) : widgets
}

/** The first versions of ComfyUI called the sampler `euler` "sample_euler". */
function withNewSamplerName(widget: Widget): Widget {
  const { name, value } = widget
  if (name !== 'sampler_name' || typeof value !== 'string') return widget
  return { ...widget, value: value.replace(/^sample_/, '') }
}

/** The widgets of an input as a new node has them; `chosen` is the option of a dynamic combo. */
export function newWidgets(input: InputSpec, chosen: unknown): readonly Widget[] {
  const widgets: Widget[] = []
  for (const inner of chosenInputs(input, chosen)) addInput(widgets, inner, () => undefined)
  return [{ name: input.name, value: chosen, spec: input }, ...widgets]
}

function valuesOf(saved: WorkflowNode['widgets_values']): NextValue {
  if (Array.isArray(saved)) {
    let position = 0
    return () => (position < saved.length ? { value: saved[position++] as unknown } : undefined)
  }
  const named = saved as Readonly<Record<string, unknown>> | undefined | null
  let place = 0
  return (name) => {
    const key = [name, String(place++)].find((candidate) => named && Object.hasOwn(named, candidate))
    return named && key !== undefined ? { value: named[key] } : undefined
  }
}

function addInput(widgets: Widget[], input: InputSpec, next: NextValue): void {
  if (input.kind === 'socket' || input.kind === 'autogrow') return
  const saved = input.saved === false ? undefined : next(input.name)
  const value = saved ? readValue(saved.value, input) : defaultValue(input)
  widgets.push({ name: input.name, value, spec: input, ...(input.local ? { local: true } : {}) })
  if (input.kind === 'dynamic-combo') {
    const values: NextValue = saved?.value === null ? () => undefined : next
    for (const inner of chosenInputs(input, value)) addInput(widgets, inner, values)
  } else if (hasControl(input)) addControl(widgets, next)
}

function addControl(widgets: Widget[], next: NextValue): void {
  const name = 'control_after_generate'
  widgets.push({ name, value: next(name)?.value, local: true })
}

/** A choice cannot be nothing, nor can a text in a box of several lines: the page shows the first choice and ''. */
function readValue(saved: unknown, input: InputSpec): unknown {
  if (input.type === 'PREVIEW_3D') return ''
  if (saved !== null) return saved
  if (input.kind === 'dynamic-combo') return firstKey(input)
  if (input.type === 'STRING' && input.options['multiline'] === true) return ''
  return input.choices?.length ? input.choices[0] : saved
}

/**
 * A custom combo holds its choice, the place of that among its options, and the options up to the first empty one. The
 * place is worked out anew, when it is known what is chosen.
 */
function addOptions(widgets: Widget[], next: NextValue): void {
  const options: unknown[] = []
  next('index')
  for (let option = next('option1'); option?.value; option = next(`option${options.length + 1}`))
    options.push(option.value)
  widgets.push({ name: 'index', value: -1 })
  for (const [at, value] of [...options, ''].entries()) widgets.push({ name: `option${at + 1}`, value })
}
