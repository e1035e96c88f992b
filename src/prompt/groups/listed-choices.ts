import type { DefinitionIndex } from '../definition-index.ts'
import type { Group } from './read-groups.ts'

/** Whether an input of a class has its choices in the form of older classes: `[[…]]` instead of `["COMBO", …]`. */
export function isListedChoice(type: string, input: string, index: DefinitionIndex): boolean {
  const { required, optional } = index(type)?.definition.input ?? {}
  return isListed({ ...required, ...optional }[input])
}

/** Whether a member has such an input. */
export function hasListedChoices(group: Group, index: DefinitionIndex): boolean {
  return group.members.some(({ type }) => {
    const { required, optional } = index(type)?.definition.input ?? {}
    return Object.values({ ...required, ...optional }).some(isListed)
  })
}

function isListed(raw: unknown): boolean {
  return Array.isArray(raw) && Array.isArray(raw[0])
}
