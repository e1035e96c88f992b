import { distance } from 'fastest-levenshtein'
import { DiscomfortError } from '../errors.ts'
import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt, PromptLink } from '../prompt/prompt.ts'
import { portClass } from './port.ts'
import { inputType, outputType } from './socket-type.ts'

/** An input that an address names. */
export interface AddressedInput {
  readonly node: string
  readonly input: string
  readonly type: string
}

/** An output that an address names. */
export interface AddressedOutput {
  readonly link: PromptLink
  readonly type: string
  readonly isList: boolean
}

/**
 * The input that `Title.input` or `id.input` names, or undefined where no node fits.
 * Titles and input names may hold dots themselves, so every way to split is tried.
 *
 * @throws {@link DiscomfortError} `ADDRESS_AMBIGUOUS` with the addresses by id
 */
export function findInput(address: string, prompt: Prompt, definitions: NodeDefinitions): AddressedInput | undefined {
  const found = new Map<string, AddressedInput>()
  for (const [name, input] of splits(address)) {
    for (const node of nodesCalled(name, prompt)) {
      const { class_type, inputs } = prompt[node] as Prompt[string]
      const known =
        Object.hasOwn(inputs, input) ||
        indexDefinitions(definitions)(class_type)?.inputs.some((spec) => spec.name === input)
      if (known) found.set(`${node}.${input}`, { node, input, type: inputType(definitions, class_type, input) })
    }
  }
  return single(address, found)
}

/** The output that `Title`, `id` (its only output), `Title.OUTPUT` or `id.OUTPUT` names, or undefined. */
export function findOutput(address: string, prompt: Prompt, definitions: NodeDefinitions): AddressedOutput | undefined {
  const found = new Map<string, AddressedOutput>()
  for (const node of nodesCalled(address, prompt)) {
    const names = outputNames(prompt, node, definitions)
    if (names.length === 1) add(node, 0, names[0])
    else for (const [slot, name] of names.entries()) add(node, slot, name)
  }
  for (const [name, output] of splits(address)) {
    for (const node of nodesCalled(name, prompt)) {
      const slot = outputNames(prompt, node, definitions).indexOf(output)
      if (slot >= 0) add(node, slot, output)
    }
  }
  return single(address, found)

  function add(node: string, slot: number, name = ''): void {
    const link: PromptLink = [node, slot]
    found.set(`${node}.${name}`, { link, ...outputType(definitions, prompt, link) })
  }
}

/** Everything that can be set by address: `Title.input` where the title is the only one, else `id.input`. */
export function inputAddresses(prompt: Prompt): string[] {
  const titles = new Map<string, number>()
  for (const node of Object.values(prompt)) titles.set(titleOf(node), (titles.get(titleOf(node)) ?? 0) + 1)
  return Object.entries(prompt).flatMap(([id, node]) => {
    if (node.class_type === portClass) return []
    const name = titles.get(titleOf(node)) === 1 ? titleOf(node) : id
    return Object.keys(node.inputs).map((input) => `${name}.${input}`)
  })
}

/** The error for a name that is neither a port nor an address, with what comes nearest. */
export function unknownAddress(
  address: string,
  candidates: readonly string[],
  what: 'input' | 'output',
  where: string,
): DiscomfortError<'ADDRESS_NOT_FOUND'> {
  const near = candidates.toSorted((one, other) => distance(address, one) - distance(address, other)).slice(0, 8)
  const hint =
    near.length > 0
      ? `Did you mean ${near
          .slice(0, 3)
          .map((name) => `"${name}"`)
          .join(', ')}?`
      : 'It has none.'
  return new DiscomfortError(
    'ADDRESS_NOT_FOUND',
    `There is no ${what} port and no ${what} address "${address}" in ${where}. ${hint} \`discomfort ports\` lists them all.`,
    { details: { address, candidates: near } },
  )
}

function single<T>(address: string, found: Map<string, T>): T | undefined {
  if (found.size < 2) return found.values().next().value
  const candidates = [...found.keys()]
  throw new DiscomfortError(
    'ADDRESS_AMBIGUOUS',
    `"${address}" could be any of ${candidates.map((name) => `"${name}"`).join(', ')}. Use the one with the node's id.`,
    { details: { address, candidates } },
  )
}

function* splits(address: string): Iterable<[string, string]> {
  for (let dot = address.indexOf('.'); dot > 0; dot = address.indexOf('.', dot + 1))
    yield [address.slice(0, dot), address.slice(dot + 1)]
}

/** An id wins over titles; titles over class names. */
function nodesCalled(name: string, prompt: Prompt): string[] {
  if (Object.hasOwn(prompt, name)) return [name]
  const ids = Object.keys(prompt)
  const titled = ids.filter((id) => prompt[id]?._meta?.title === name)
  return titled.length > 0 ? titled : ids.filter((id) => prompt[id]?.class_type === name)
}

function outputNames(prompt: Prompt, node: string, definitions: NodeDefinitions): readonly string[] {
  const definition = indexDefinitions(definitions)(prompt[node]?.class_type ?? '')?.definition
  return definition?.output_name ?? (definition?.output ?? []).map(String)
}

function titleOf(node: Prompt[string]): string {
  return node._meta?.title ?? node.class_type
}
