import { frontendSince } from '../frontend-version.ts'
import type { Widget } from '../graph.ts'

/** Newer frontends turn whatever a text field of several lines holds into text. */
export function withTextValues(widgets: readonly Widget[], frontend: string | undefined): readonly Widget[] {
  return frontendSince(frontend, 1, 58) ? widgets.map(withText) : widgets
}

function withText(widget: Widget): Widget {
  const { value, spec } = widget
  if (spec?.type !== 'STRING' || spec.options['multiline'] !== true) return widget
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return { ...widget, value: String(value) }
  return Array.isArray(value) ? { ...widget, value: value.join(',') } : widget
}
