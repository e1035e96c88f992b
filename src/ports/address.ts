import { distance } from 'fastest-levenshtein'
import { DiscomfortError } from '../errors.ts'
import type { Compiled } from '../prompt/compile.ts'
import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { PromotedWidget } from '../prompt/promoted-widgets.ts'
import type { Prompt, PromptLink } from '../prompt/prompt.ts'
import { titleOf } from '../prompt/title-of.ts'
import { portClass } from './port.ts'
import { inputType, outputType } from './socket-type.ts'

/** An input that an address names. */
export interface AddressedInput {
  readonly node: string
  readonly input: string
  readonly type: string
  /** The inputs in the prompt that take the value: more than one where a subgraph's widget holds it for several. */
  readonly targets: readonly { readonly node: string; readonly input: string }[]
}

/** A converted workflow, as far as addresses need it. */
export type Addressable = Pick<Compiled, 'prompt'> & Partial<Pick<Compiled, 'promoted'>>

/** An output that an address names. */
export interface AddressedOutput {
  readonly link: PromptLink
  readonly type: string
  readonly isList: boolean
}

/**
 * The input that `Title.input` or `id.input` names, or undefined where no node fits. The node of a subgraph counts by the
 * widgets that it shows. Titles and input names may hold dots themselves, so every way to split is tried.
 *
 * @throws {@link DiscomfortError} `ADDRESS_AMBIGUOUS` with the addresses by id
 */
export function findInput(
  address: string,
  { prompt, promoted = [] }: Addressable,
  definitions: NodeDefinitions,
): AddressedInput | undefined {
  const found = new Map<string, AddressedInput>()
  for (const [name, input] of splits(address)) {
    for (const node of nodesCalled(name, prompt)) {
      const { class_type, inputs } = prompt[node] as Prompt[string]
      const known =
        Object.hasOwn(inputs, input) ||
        indexDefinitions(definitions)(class_type)?.inputs.some((spec) => spec.name === input)
      if (!known) continue
      const type = inputType(definitions, class_type, input)
      found.set(`${node}.${input}`, { node, input, type, targets: [{ node, input }] })
    }
    for (const { node, targets } of promotedCalled(name, input, promoted)) {
      const [first] = targets
      const classType = first && prompt[first.node]?.class_type
      if (first && classType !== undefined)
        found.set(`${node}.${input}`, { node, input, type: inputType(definitions, classType, first.input), targets })
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
export function inputAddresses({ prompt, promoted = [] }: Addressable): string[] {
  const hosts = new Map(promoted.map(({ node, title }) => [node, title]))
  const titles = new Map<string, number>()
  for (const title of [...Object.values(prompt).map(titleOf), ...hosts.values()])
    titles.set(title, (titles.get(title) ?? 0) + 1)
  const nameOf = (id: string, title: string): string => (titles.get(title) === 1 ? title : id)
  const inside = Object.entries(prompt).flatMap(([id, node]) => {
    if (node.class_type === portClass) return []
    return Object.keys(node.inputs).map((input) => `${nameOf(id, titleOf(node))}.${input}`)
  })
  return [...promoted.map(({ node, title, widget }) => `${nameOf(node, title)}.${widget}`), ...inside]
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

/** An id wins over titles, as for the nodes of the prompt. */
function promotedCalled(name: string, widget: string, promoted: readonly PromotedWidget[]): readonly PromotedWidget[] {
  const shown = promoted.filter((one) => one.widget === widget)
  const byId = shown.filter(({ node }) => node === name)
  return byId.length > 0 ? byId : shown.filter(({ title }) => title === name)
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
