import { isPromptLink, type Prompt } from '../../../src/prompt/prompt.ts'
import { node } from '../../prompt/support/draw.ts'

/** A drawn port. */
export const port = (id: number, uniqueId: string, link: number | null = null, more = {}) =>
  node(id, 'DiscomfortPort', { in: { value: link }, out: ['*'], values: [uniqueId, ''], title: uniqueId, ...more })

/**
 * What a prompt does, whatever the ids of its nodes (titles must be unlike): PASSTHRU ports are links, INPUT ports go by
 * their id.
 */
export function meaning(prompt: Prompt): Record<string, unknown> {
  const isPort = (id: string) => prompt[id]?.class_type === 'DiscomfortPort'
  const uniqueId = (id: string) => String(prompt[id]?.inputs['unique_id'])
  const sourceOf = ([id, slot]: readonly [string, number]): string => {
    const value = prompt[id]?.inputs['value']
    if (!isPort(id)) return `${prompt[id]?._meta?.title}.${slot}`
    return isPromptLink(value) ? sourceOf(value) : `port ${uniqueId(id)}`
  }
  const consumed = new Set(Object.values(prompt).flatMap(({ inputs }) => Object.values(inputs).filter(isPromptLink).map(([id]) => id))) // prettier-ignore
  const said = Object.entries(prompt).flatMap(([id, { class_type, inputs, _meta }]): [string, unknown][] => {
    const wired = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [name, isPromptLink(value) ? sourceOf(value) : value]),
    )
    if (!isPort(id)) return [[String(_meta?.title), { class_type, inputs: wired }]]
    return consumed.has(id) || !isPromptLink(inputs['value']) ? [] : [[`OUTPUT ${uniqueId(id)}`, wired['value']]]
  })
  return Object.fromEntries(said)
}
