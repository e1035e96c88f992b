import type { WorkflowNode } from '../../workflow/document.ts'
import type { ClassSpec } from '../definition-index.ts'
import type { Widget } from '../graph.ts'
import { defaultValue } from './default-value.ts'
import { hasControl } from './seed-control.ts'
import { chosenInputs } from './dynamic-combo.ts'
import type { InputSpec } from './input-spec.ts'

/** Hands out saved values one after another, or by name where a pack saves them as an object. */
type NextValue = (name: string) => { readonly value: unknown } | undefined

/** Lays the saved values of a node over the widgets of its class, in the order in which the page creates them. */
export function readWidgets(spec: ClassSpec, node: WorkflowNode): readonly Widget[] {
  const next = valuesOf(node.widgets_values)
  const widgets: Widget[] = []
  for (const input of spec.inputs) addInput(widgets, input, next)
  if (node.type === 'CustomCombo') addOptions(widgets, next)
  return widgets
}

function valuesOf(saved: WorkflowNode['widgets_values']): NextValue {
  if (Array.isArray(saved)) {
    let position = 0
    return () => (position < saved.length ? { value: saved[position++] as unknown } : undefined)
  }
  const named = saved as Readonly<Record<string, unknown>> | undefined | null
  return (name) => (named && Object.hasOwn(named, name) ? { value: named[name] } : undefined)
}

function addInput(widgets: Widget[], input: InputSpec, next: NextValue): void {
  if (input.kind === 'socket' || input.kind === 'autogrow') return
  const saved = input.saved === false ? undefined : next(input.name)
  const value = saved ? saved.value : defaultValue(input)
  widgets.push({ name: input.name, value, spec: input, ...(input.local ? { local: true } : {}) })
  if (input.kind === 'dynamic-combo') {
    for (const inner of chosenInputs(input, value)) addInput(widgets, inner, next)
  } else if (hasControl(input)) addControl(widgets, next)
}

function addControl(widgets: Widget[], next: NextValue): void {
  const name = 'control_after_generate'
  widgets.push({ name, value: next(name)?.value, local: true })
}

/** A custom combo keeps the place of its choice and then its options, as many as there are. */
function addOptions(widgets: Widget[], next: NextValue): void {
  widgets.push({ name: 'index', value: next('index')?.value ?? -1 })
  widgets.push({ name: 'option1', value: next('option1')?.value ?? '' })
  for (let count = 2, option = next('option2'); option; option = next(`option${(count += 1)}`)) {
    widgets.push({ name: `option${count}`, value: option.value })
  }
}
