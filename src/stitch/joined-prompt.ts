import { isValueSocket } from '../ports/port.ts'
import { isPromptLink, type Prompt, type PromptLink, type PromptNode } from '../prompt/prompt.ts'
import type { JoinedPorts } from './join-canvases.ts'
import type { Part } from './plan-joints.ts'

/** The prompt of the joined drawing, put together from those of its parts: quicker than to convert it as a whole. */
export interface JoinedPrompt {
  readonly prompt: Prompt
  readonly drawn: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Which part a node comes from. */
  readonly parts: ReadonlyMap<string, Part>
}

export function joinedPrompt(parts: readonly Part[], { inputs: changes, goneOutputs }: JoinedPorts): JoinedPrompt {
  const prompt = new Map<string, PromptNode>()
  const drawn = new Map<string, Readonly<Record<string, unknown>>>()
  const origins = new Map<string, Part>()
  for (const part of parts) {
    const ofPart = changes.get(part)
    const gone = new Set(part.read.ports.outputs.filter((port) => goneOutputs.has(port)).map(({ node }) => node))
    const linkOf = ([node, slot]: PromptLink): PromptLink | undefined => {
      const change = ofPart?.get(node)
      if (change?.kind === 'replaced') return change.by()
      return change?.kind === 'gone' ? undefined : [part.draft.idOf(node), slot]
    }
    for (const [id, node] of Object.entries(part.read.typed)) {
      const change = ofPart?.get(id)
      if (gone.has(id) || change?.kind === 'replaced' || change?.kind === 'gone') continue
      const now = part.draft.idOf(id)
      const held = part.read.compiled.drawn[id]
      const inputs = new Map<string, unknown>()
      for (const [name, value] of Object.entries(node.inputs)) {
        const link = isPromptLink(value) ? linkOf(value) : undefined
        if (!isPromptLink(value)) inputs.set(name, value)
        else if (link) inputs.set(name, link)
        else if (held && Object.hasOwn(held, name)) inputs.set(name, held[name])
      }
      if (change?.kind === 'passes') {
        for (const name of inputs.keys()) if (isValueSocket(name)) inputs.delete(name)
        const by = change.by()
        if (by) inputs.set('value', by)
        if (change.isNameless) inputs.set('unique_id', '')
      }
      prompt.set(now, { ...node, inputs: Object.fromEntries(inputs) })
      if (held) drawn.set(now, held)
      origins.set(now, part)
    }
  }
  return { prompt: Object.fromEntries(prompt), drawn: Object.fromEntries(drawn), parts: origins }
}
