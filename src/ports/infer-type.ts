import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { isPromptLink, type Prompt, type PromptLink } from '../prompt/prompt.ts'
import { readInputSpec, type InputSpec } from '../prompt/widgets/input-spec.ts'
import { isValueSocket, portClass } from './port.ts'
import { isTemplate } from './template.ts'

/** A socket of a prompt's node. */
type Spot =
  | { readonly link: PromptLink; readonly node?: undefined }
  | { readonly node: string; readonly input: string; readonly link?: undefined }

/**
 * The type of sockets that take whatever is linked: what stands at the other ends of the sockets that must be of the same
 * type (those of one MatchType template on a node, those of a port), however many such nodes lie between. `*` where
 * nobody says; `allowed` gives what a template admits in that case. A walk without recursion: chains may be long.
 */
export function inferType(
  starts: readonly Spot[],
  prompt: Prompt,
  definitions: NodeDefinitions,
  allowed?: 'allowed',
): string {
  const open = [...starts]
  const seen = new Set<string>()
  let admitted = '*'
  for (const spot of open) {
    const key = spot.link ? `${spot.link[0]} ${spot.link[1]}` : `${spot.node}.${spot.input}`
    if (seen.has(key)) continue
    seen.add(key)
    const { type, template } = declared(spot, prompt, definitions)
    if (!isTemplate(type)) return type
    if (template && admitted === '*') admitted = template.allowed
    open.push(...ofSameType(spot, template?.id, prompt, definitions))
  }
  return allowed ? admitted : '*'
}

interface Template {
  readonly id: string
  readonly allowed: string
}

function declared(
  spot: Spot,
  prompt: Prompt,
  definitions: NodeDefinitions,
): { readonly type: string; readonly template: Template | undefined } {
  const spec = indexDefinitions(definitions)(prompt[spot.link ? spot.link[0] : spot.node]?.class_type ?? '')
  if (!spot.link) {
    const input = socketSpec(spec?.inputs, spot.input)
    return { type: input?.type ?? '*', template: input && templateOf(input) }
  }
  const raw = spec?.definition.output?.[spot.link[1]]
  if (Array.isArray(raw)) return { type: 'COMBO', template: undefined }
  const id = outputTemplate(spec?.definition['output_matchtypes'], spot.link[1])
  const input = spec?.inputs.map(templateOf).find((one) => one?.id === id)
  const template = id === undefined ? undefined : { id, allowed: input?.allowed ?? '*' }
  return { type: typeof raw === 'string' ? raw : '*', template }
}

/** The sockets whose type is that of this one, those that bring the value first. */
function ofSameType(
  spot: Spot,
  template: string | undefined,
  prompt: Prompt,
  definitions: NodeDefinitions,
): readonly Spot[] {
  const id = spot.link ? spot.link[0] : spot.node
  const node = prompt[id]
  if (!node) return []
  const isPort = node.class_type === portClass
  if (!isPort && template === undefined) return []
  const spec = indexDefinitions(definitions)(node.class_type)
  const sources = Object.entries(node.inputs).flatMap(([name, value]): Spot[] => {
    if (!isPromptLink(value)) return []
    const input = isPort ? undefined : socketSpec(spec?.inputs, name)
    const belongs = isPort ? isValueSocket(name) : input && templateOf(input)?.id === template
    return belongs ? [{ link: value }] : []
  })
  const matched = spec?.definition['output_matchtypes']
  const fed = consumersOf(prompt)
    .get(id)
    ?.filter(({ slot }) => isPort || outputTemplate(matched, slot) === template)
  return [...sources, ...(fed ?? [])]
}

/** An input by its name; an entry of a list that grows (`images.image0`) is what the list says of its entries. */
function socketSpec(inputs: readonly InputSpec[] | undefined, name: string): InputSpec | undefined {
  const own = inputs?.find((input) => input.name === name)
  if (own) return own.kind === 'autogrow' ? undefined : own
  const list = inputs?.find((input) => input.kind === 'autogrow' && name.startsWith(`${input.name}.`))
  const { required, optional } = record(record(record(list?.options)['template'])['input'])
  const [entry] = Object.entries({ ...record(required), ...record(optional) })
  return entry && readInputSpec(name, entry[1])
}

function templateOf({ type, options }: InputSpec): Template | undefined {
  const { template_id: id, allowed_types: allowed } = record(options['template'])
  if (!isTemplate(type) || typeof id !== 'string') return undefined
  return { id, allowed: typeof allowed === 'string' && allowed !== '' ? allowed : '*' }
}

function outputTemplate(matched: unknown, slot: number): string | undefined {
  const id: unknown = Array.isArray(matched) ? (matched as unknown[])[slot] : undefined
  return typeof id === 'string' ? id : undefined
}

interface Consumer {
  readonly node: string
  readonly input: string
  /** The output of the other node that it takes. */
  readonly slot: number
}

const known = new WeakMap<Prompt, ReadonlyMap<string, readonly Consumer[]>>()

/** Who takes the outputs of each node. Made once for a prompt, when the first type is looked for. */
function consumersOf(prompt: Prompt): ReadonlyMap<string, readonly Consumer[]> {
  const before = known.get(prompt)
  if (before) return before
  const consumers = new Map<string, Consumer[]>()
  for (const [node, { inputs }] of Object.entries(prompt)) {
    for (const [input, value] of Object.entries(inputs)) {
      if (!isPromptLink(value)) continue
      const list = consumers.get(value[0])
      const consumer = { node, input, slot: value[1] }
      if (list) list.push(consumer)
      else consumers.set(value[0], [consumer])
    }
  }
  known.set(prompt, consumers)
  return consumers
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
