import { sourcesOf } from '../prompt/prompt.ts'
import { removeNode } from './canvas-draft.ts'
import type { JoinedPorts } from './join-canvases.ts'
import { joinedPrompt, type JoinedPrompt } from './joined-prompt.ts'
import type { Drawing } from './part-draft.ts'
import type { Part } from './plan-joints.ts'
import { placeOfPort } from './port-place.ts'

/**
 * The prompt of the joined drawing, without ports that were to pass a value on and now pass it to nobody, since what they
 * fed were ports that are gone: they would be OUTPUT ports.
 */
export function dropIdle(parts: readonly Part[], joined: JoinedPorts, drawing: Drawing): JoinedPrompt {
  for (;;) {
    const made = joinedPrompt(parts, joined)
    const used = new Set(Object.values(made.prompt).flatMap(sourcesOf))
    let isDone = true
    for (const part of parts) {
      for (const [id, change] of joined.inputs.get(part) ?? []) {
        if (change.kind !== 'passes' || used.has(part.draft.idOf(id))) continue
        const { canvas, node } = placeOfPort(part.draft, id, drawing)
        removeNode(canvas, node)
        joined.inputs.get(part)?.set(id, { kind: 'gone' })
        isDone = false
      }
    }
    if (isDone) return made
  }
}
