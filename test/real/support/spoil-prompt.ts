import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { declaredInputs, type DeclaredInput } from '../../../src/validate/declared-inputs.ts'
import type { Random } from '../../support/random.ts'
import { basePrompts } from './base-prompts.ts'
import { node } from './prompts.ts'

/** A prompt with one thing wrong, and where. */
export interface Spoiled {
  readonly family: string
  readonly prompt: Prompt
  readonly node: string
  readonly input: string | undefined
}

interface Place {
  readonly base: string
  readonly node: string
  readonly input: DeclaredInput
  readonly held: unknown
}

/** A rule to break: at which inputs that can be done, and by what value (undefined takes the input away). */
interface Rule {
  readonly family: string
  readonly fits: (place: Place) => boolean
  readonly spoil: (place: Place, random: Random, definitions: NodeDefinitions) => unknown
}

const isLink = (value: unknown): boolean => Array.isArray(value)
const isNumber = ({ input }: Place): boolean => input.type === 'INT' || input.type === 'FLOAT'
const isCombo = ({ input }: Place): boolean => input.type === 'COMBO' || Array.isArray(input.type)
const isModel = ({ held }: Place): boolean => typeof held === 'string' && /\.(ckpt|safetensors)$/.test(held)
const isDynamic = ({ input }: Place): boolean => input.type === 'COMFY_DYNAMICCOMBO_V3'

const rules: readonly Rule[] = [
  { family: 'required input missing', fits: ({ input }) => input.isRequired, spoil: () => undefined },
  {
    family: 'link to no node',
    fits: ({ held }) => isLink(held),
    spoil: (_, random) => [random.pick(['99', '', '__proto__']), 0],
  },
  {
    family: 'link to no output',
    fits: ({ held }) => isLink(held),
    spoil: ({ held }, random) => [(held as [string])[0], random.pick<unknown>([7, -8, 0.5, '0', null])],
  },
  {
    family: 'link of a wrong form',
    fits: (place) => !isDynamic(place),
    spoil: ({ held }, random) =>
      random.pick<unknown>([[], ['1'], [isLink(held) ? (held as [string])[0] : '1', 0, 0], [1, 0], [null, 0]]),
  },
  { family: 'link of another type', fits: (place) => !isDynamic(place), spoil: strangeLink },
  {
    family: 'not readable as its type',
    fits: isNumber,
    spoil: (_, random) => random.pick<unknown>([null, 'seven', '', '7,5', {}, { __value__: [1] }, '1__0', 'nan%']),
  },
  {
    family: 'text of a fraction for INT',
    fits: ({ input }) => input.type === 'INT',
    spoil: (_, random) => random.pick(['7.5', '1e3', '0x10', 'inf']),
  },
  {
    family: 'below the least',
    fits: ({ input }) => typeof input.options['min'] === 'number',
    spoil: ({ input }, random) =>
      Number(input.options['min']) -
      (Math.abs(Number(input.options['min'])) > 2 ** 52 ? 2 ** 62 : random.pick([1, 1000])),
  },
  {
    family: 'above the most',
    fits: ({ input }) => typeof input.options['max'] === 'number',
    spoil: ({ input }, random) => {
      const most = Number(input.options['max'])
      return most > 2 ** 52 ? most : random.pick<unknown>([most + 1, String(most * 2), most * 1000])
    },
  },
  {
    family: 'not among the choices',
    fits: (place) => isCombo(place) && !isModel(place),
    spoil: ({ held }, random) =>
      random.pick<unknown>([`${String(held)}x`, String(held).toUpperCase(), '', null, 3, true, { a: 1 }]),
  },
  {
    family: 'model that is not there',
    fits: isModel,
    spoil: ({ held }, random) =>
      random.pick([`sub/${String(held)}`, 'sd_xl_base_1.0.safetensors', String(held).replace('tiny', 'huge')]),
  },
  {
    family: 'choice of a dynamic combo',
    fits: isDynamic,
    spoil: (_, random) => random.pick<unknown>(['scale', '', 7, null]),
  },
]

/** Breaks one rule after another, in places that the seed picks. */
export function spoilPrompts(count: number, definitions: NodeDefinitions, random: Random): Spoiled[] {
  const places = Object.entries(basePrompts).flatMap(([base, prompt]) => placesOf(base, prompt, definitions))
  const makers = [
    ...rules.map((rule) => () => spoilAt(random.pick(places.filter(rule.fits)), rule, random, definitions)),
    () => missingClass(random),
    () => cycle(random),
    () => noOutputs(random),
    () => tooDeep(random),
    () => retired(random),
  ]
  return Array.from({ length: count }, (_, at) => (makers[at % makers.length] as () => Spoiled)())
}

function placesOf(base: string, prompt: Prompt, definitions: NodeDefinitions): Place[] {
  return Object.entries(prompt).flatMap(([id, { class_type, inputs }]) => {
    const definition = definitions[class_type]
    if (!definition) throw new Error(`the server has no ${class_type}`)
    const declared = [...declaredInputs(definition, new Map(Object.entries(inputs))).values()]
    return declared
      .filter(({ name }) => Object.hasOwn(inputs, name))
      .map((input) => ({ base, node: id, input, held: inputs[input.name] }))
  })
}

function spoilAt(place: Place, rule: Rule, random: Random, definitions: NodeDefinitions): Spoiled {
  const prompt = structuredClone(basePrompts[place.base]) as Record<string, { inputs: Record<string, unknown> }>
  const inputs = (prompt[place.node] as { inputs: Record<string, unknown> }).inputs
  const value = rule.spoil(place, random, definitions)
  if (value === undefined) delete inputs[place.input.name]
  else inputs[place.input.name] = value
  return { family: rule.family, prompt: prompt as unknown as Prompt, node: place.node, input: place.input.name }
}

/** A link to any other node of the prompt that makes something of another name; some of them fit all the same. */
function strangeLink({ base, node: id, input }: Place, random: Random, definitions: NodeDefinitions): unknown {
  const links = Object.entries(basePrompts[base] as Prompt).flatMap(([other, { class_type }]) =>
    other === id
      ? []
      : (definitions[class_type]?.output ?? []).flatMap((type, slot) => (type === input.type ? [] : [[other, slot]])),
  )
  return links.length > 0 ? random.pick(links) : ['nobody', 0]
}

function aBase(random: Random): Record<string, Prompt[string]> {
  return structuredClone(basePrompts[random.pick(Object.keys(basePrompts))]) as Record<string, Prompt[string]>
}

function missingClass(random: Random): Spoiled {
  const prompt = aBase(random)
  const id = random.pick(Object.keys(prompt))
  prompt[id] = {
    ...(prompt[id] as Prompt[string]),
    class_type: random.pick(['NoSuchClass', 'ksampler', 'KSampler ', '', '__proto__', 'constructor']),
  }
  return { family: 'missing class', prompt, node: id, input: undefined }
}

function cycle(random: Random): Spoiled {
  const length = 1 + random.below(6)
  const prompt = aBase(random)
  for (let at = 0; at < length; at += 1) prompt[`c${at}`] = node('ImageInvert', { image: [`c${(at + 1) % length}`, 0] })
  prompt['end'] = node('PreviewImage', { images: ['c0', 0] })
  return { family: 'cycle', prompt, node: 'c0', input: undefined }
}

function noOutputs(random: Random): Spoiled {
  const prompt = {
    1: node('EmptyImage', { width: 8, height: 8, batch_size: 1, color: 0 }),
    2: node('ImageInvert', { image: ['1', 0] }),
  }
  return { family: 'no outputs', prompt: random.below(2) === 0 ? prompt : { 1: prompt[1] }, node: '', input: undefined }
}

function tooDeep(random: Random): Spoiled {
  const length = 1000 + random.below(1500)
  const prompt: Record<string, Prompt[string]> = {
    0: node('EmptyImage', { width: 8, height: 8, batch_size: 1, color: 0 }),
  }
  for (let at = 1; at < length; at += 1) prompt[at] = node('ImageInvert', { image: [String(at - 1), 0] })
  prompt['end'] = node('PreviewImage', { images: [String(length - 1), 0] })
  return { family: 'too deep', prompt, node: 'end', input: undefined }
}

/** Retired classes that lose their inputs, or cannot be replaced. */
function retired(random: Random): Spoiled {
  const { _meta, ...bare } = node('Preview3DAnimation', { model_file: 'a.glb' })
  const [id, one] = random.pick([
    ['1', node('Preview3DAnimation', { model_file: 'a.glb' })],
    ['1', bare],
    ['1', node('T2IAdapterLoader', { control_net_name: 'tiny_sd3_controlnet.safetensors' })],
    ['1', node('T2IAdapterLoader', { t2i_adapter_name: 'not there' })],
    ['1', node('ConditioningAverage ', {})],
  ] as const)
  const prompt: Prompt = { [id]: one, 2: node('PreviewAny', { source: [id, 0] }) }
  return { family: 'retired class', prompt, node: id, input: undefined }
}
