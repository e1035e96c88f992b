import { portClass } from '../../../../src/ports/port.ts'
import { nodesOfClass } from '../comfy/all-nodes.ts'
import { widgetText } from '../comfy/widgets.ts'

/** A unique_id that no port of the workflow has yet, made of the name of a socket. */
export function freeId(name: string): string {
  const taken = new Set(nodesOfClass(portClass).map((port) => widgetText(port, 'unique_id')))
  const stem = name.trim().toLowerCase().replaceAll(/\s+/g, '_') || 'value'
  if (!taken.has(stem)) return stem
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}_${number}`)) return `${stem}_${number}`
}
