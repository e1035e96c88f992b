import type { PageNode, Widget } from './types.ts'

export function findWidget(node: PageNode, name: string): Widget | undefined {
  return node.widgets?.find((widget) => widget.name === name)
}

/** What a widget holds, as text. */
export function widgetText(node: PageNode, name: string): string {
  const value = findWidget(node, name)?.value
  return typeof value === 'string' ? value : ''
}

/** Calls back after a widget was changed by hand. */
export function onWidgetChange(node: PageNode, name: string, then: () => void): void {
  const widget = findWidget(node, name)
  if (!widget) return
  const before = widget.callback
  widget.callback = function (this: Widget, ...given) {
    before?.apply(this, given)
    then()
  }
}
