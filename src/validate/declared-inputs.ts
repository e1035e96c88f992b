import type { NodeDefinition } from '../prompt/node-definitions.ts'

/** An input that a node has with the values it holds: inputs that come and go are counted in by their dotted names. */
export interface DeclaredInput {
  readonly name: string
  /** As the server tells it: a name, or the list of choices itself. */
  readonly type: unknown
  readonly options: Readonly<Record<string, unknown>>
  readonly isRequired: boolean
  /** A choice that brings inputs with it, not checked by the server: a choice that it does not know, or no choice at all. */
  readonly unseen?: 'unknown-choice' | 'no-choice'
}

type Json = Readonly<Record<string, unknown>>
interface Group {
  readonly prefix: string
  readonly isRequired: boolean
  readonly inputs: Json
}

/** A definition that brings ever more inputs is a broken one. */
const maxInputs = 10_000

/**
 * The inputs of a class that the server looks at, with the values that a node holds: those of the chosen option of a
 * dynamic combo, and of a list that grows the names that it may have.
 */
export function declaredInputs(
  definition: NodeDefinition,
  held: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, DeclaredInput> {
  const declared = new Map<string, DeclaredInput>()
  const open = groupsOf(definition.input, '').reverse()
  for (let group = open.pop(); group && declared.size < maxInputs; group = open.pop()) {
    for (const [key, raw] of Object.entries(group.inputs)) {
      const name = `${group.prefix}${key}`
      const [type, options] = readPair(raw)
      const input: DeclaredInput = { name, type, options, isRequired: group.isRequired }
      if (type === 'COMFY_DYNAMICCOMBO_V3') open.push(...addCombo(declared, input, held))
      else if (type === 'COMFY_DYNAMICSLOT_V3') open.push(...addSlot(declared, input, held))
      else if (type === 'COMFY_AUTOGROW_V3') addGrowing(declared, input)
      else add(declared, input)
    }
  }
  return declared
}

/** The server looks among the required inputs first. */
function add(declared: Map<string, DeclaredInput>, input: DeclaredInput): void {
  if (!declared.get(input.name)?.isRequired) declared.set(input.name, input)
}

function addCombo(
  declared: Map<string, DeclaredInput>,
  input: DeclaredInput,
  held: ReadonlyMap<string, unknown>,
): readonly Group[] {
  const key = held.get(input.name)
  const chosen = listOf(input.options['options']).find((option) => isJson(option) && option['key'] === key)
  add(declared, chosen ? input : { ...input, unseen: held.has(input.name) ? 'unknown-choice' : 'no-choice' })
  return isJson(chosen) ? groupsOf(chosen['inputs'], `${input.name}.`) : []
}

function addSlot(
  declared: Map<string, DeclaredInput>,
  input: DeclaredInput,
  held: ReadonlyMap<string, unknown>,
): readonly Group[] {
  if (!held.has(input.name)) return []
  add(declared, input)
  return groupsOf(input.options['inputs'], `${input.name}.`)
}

function addGrowing(declared: Map<string, DeclaredInput>, { name, options }: DeclaredInput): void {
  const template = isJson(options['template']) ? options['template'] : {}
  const group = groupsOf(template['input'], '').find(({ inputs }) => Object.keys(inputs).length > 0)
  if (!group) return
  const [type, entryOptions] = readPair(Object.values(group.inputs)[0])
  const needed = typeof template['min'] === 'number' ? template['min'] : 0
  for (const [at, entry] of entryNames(template).entries()) {
    const isRequired = group.isRequired && at < needed
    add(declared, { name: `${name}.${entry}`, type, options: entryOptions, isRequired })
  }
}

function entryNames({ names, prefix, max }: Json): readonly string[] {
  if (Array.isArray(names)) return names.map(String)
  const length = typeof max === 'number' ? Math.min(Math.max(0, max), 1000) : 0
  return Array.from({ length }, (_, at) => `${typeof prefix === 'string' ? prefix : ''}${at}`)
}

function groupsOf(input: unknown, prefix: string): Group[] {
  if (!isJson(input)) return []
  return (['required', 'optional'] as const).flatMap((group) => {
    const inputs = input[group]
    return isJson(inputs) ? [{ prefix, isRequired: group === 'required', inputs }] : []
  })
}

function readPair(raw: unknown): [type: unknown, options: Json] {
  const [type, options] = Array.isArray(raw) ? (raw as unknown[]) : [raw]
  return [type, isJson(options) ? options : {}]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
