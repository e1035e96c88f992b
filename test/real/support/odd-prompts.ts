import type { Prompt, PromptNode } from '../../../src/prompt/prompt.ts'
import type { Random } from '../../support/random.ts'
import { basePrompts } from './base-prompts.ts'
import { node } from './prompts.ts'

/** A prompt that looks wrong and is taken. */
export interface Odd {
  readonly family: string
  readonly prompt: Prompt
}

type Edit = readonly [base: string, node: string, input: string, value: unknown]

const coercions: readonly Edit[] = [
  ['sampling', '6', 'steps', 7.9],
  ['sampling', '6', 'steps', '12'],
  ['sampling', '6', 'steps', ' 1_2 '],
  ['sampling', '6', 'steps', true],
  ['sampling', '6', 'seed', '18446744073709551615'],
  ['sampling', '6', 'seed', '１２'],
  ['sampling', '6', 'cfg', '7.5e0'],
  ['sampling', '6', 'cfg', ' .5'],
  ['sampling', '6', 'cfg', 'nan'],
  ['sampling', '6', 'denoise', true],
  ['sampling', '6', 'steps', { __value__: 3 }],
  ['sampling', '3', 'text', 12],
  ['sampling', '3', 'text', null],
  ['sampling', '3', 'text', { a: 1 }],
  ['sampling', '3', 'text', { __value__: ['a', 'list'] }],
  ['sampling', '5', 'width', 64.5],
  ['pictures', 'a', 'color', false],
  ['pictures', 'd', 'resize_type.width', '16'],
  ['pictures', 'e', 'blend_factor', '1'],
  ['values', '13', 'value', 'false'],
  ['values', '13', 'value', 0],
  ['values', '13', 'value', null],
  ['values', '13', 'value', {}],
  ['values', '10', 'value', -7.9],
  ['values', '11', 'value', '-1E3'],
  ['values', '11', 'value', '1_0.5'],
  ['files', '3', 'resize_source', 'no'],
  ['files', '3', 'x', '0'],
]

const sockets: readonly Edit[] = [
  ['sampling', '7', 'vae', 'a text'],
  ['sampling', '6', 'latent_image', null],
  ['pictures', 'b', 'image', 5],
  ['pictures', 'c', 'images.image1', { path: 'a.png' }],
  ['values', '17', 'source', 'anything'],
]

const slots: readonly Edit[] = [
  ['sampling', '7', 'vae', ['1', -1]],
  ['pictures', 'b', 'image', ['a', false]],
  ['values', '14', 'on_false', ['12', true]],
  ['values', '14', 'on_true', ['12', -2]],
]

const more: readonly Edit[] = [
  ['sampling', '6', 'colour', 'red'],
  ['sampling', '6', 'add_noise', ['5', 0]],
  ['sampling', '8', '__proto__', 1],
  ['pictures', 'd', 'resize_type.megapixels', -5],
  ['pictures', 'c', 'images.image99', 'text'],
  ['pictures', 'd', 'resize_type', 'no such choice'],
  ['values', '12', 'values.zz', ['10', 0]],
  ['files', '3', 'mask', null],
]

const images: readonly Edit[] = [
  ['files', '1', 'image', 'spoil.png [input]'],
  ['files', '1', 'image', 'spoil.png [output]'],
  ['files', '1', 'image', 'folder/deep.png'],
  ['files', '1', 'image', './spoil.png'],
  ['files', '2', 'image', 'spoil.png [output]'],
  ['files', '2', 'image', 'spoil.png [input]'],
  ['files', '5', 'choice', 'another'],
  ['files', '5', 'index', 99],
]

const garbage: readonly PromptNode[] = [
  node('KSampler', { steps: -5, model: ['nobody', 0], seed: 'x' }),
  node('ImageInvert', { image: ['garbage', 0] }),
  node('CheckpointLoaderSimple', { ckpt_name: 'not there.safetensors' }),
  node('EmptyImage', {}),
  node('ImageScale', { image: [], width: null }),
  node('BatchImagesNode', { 'images.image0': ['garbage', 9] }),
]

const replaced: readonly Prompt[] = [
  {
    1: node('T2IAdapterLoader', { t2i_adapter_name: 'tiny_sd3_controlnet.safetensors' }),
    2: node('PreviewAny', { source: ['1', 0] }),
  },
  {
    1: node('T2IAdapterLoader', { t2i_adapter_name: 'tiny_sd3_controlnet.safetensors', more: 1 }),
    2: node('PreviewAny', { source: ['1', 0] }),
  },
]

/** Prompts that the server takes although something is odd about them: each sort in turn, in places that the seed picks. */
export function oddPrompts(count: number, random: Random): Odd[] {
  const edited = (family: string, edits: readonly Edit[]) => {
    let at = random.below(edits.length)
    return (): Odd => ({ family, prompt: edit(edits[(at += 1) % edits.length] as Edit) })
  }
  const makers: readonly (() => Odd)[] = [
    edited('coercion', coercions),
    edited('value for a socket', sockets),
    edited('coercion', coercions),
    edited('slot of another form', slots),
    edited('input that nobody declares', more),
    edited('file of another form', images),
    () => ({ family: 'unreachable garbage', prompt: { ...aBase(random), garbage: random.pick(garbage) } }),
    () => ({ family: 'retired class', prompt: random.pick(replaced) }),
    () => ({ family: 'no titles', prompt: withoutMeta(aBase(random)) }),
    () => ({ family: 'long chain', prompt: chain(300 + random.below(500)) }),
  ]
  return Array.from({ length: count }, (_, at) => (makers[at % makers.length] as () => Odd)())
}

function edit([base, id, input, value]: Edit): Prompt {
  const prompt = basePrompts[base] as Prompt
  const one = prompt[id] as PromptNode
  // As JSON has it: a key like __proto__ is a key.
  return { ...prompt, [id]: { ...one, inputs: Object.fromEntries([...Object.entries(one.inputs), [input, value]]) } }
}

function aBase(random: Random): Prompt {
  return basePrompts[random.pick(Object.keys(basePrompts))] as Prompt
}

function withoutMeta(prompt: Prompt): Prompt {
  return Object.fromEntries(Object.entries(prompt).map(([id, { class_type, inputs }]) => [id, { class_type, inputs }]))
}

function chain(length: number): Prompt {
  const prompt: Record<string, PromptNode> = {
    0: node('EmptyImage', { width: 8, height: 8, batch_size: 1, color: 0 }),
  }
  for (let at = 1; at < length; at += 1) prompt[at] = node('ImageInvert', { image: [String(at - 1), 0] })
  return { ...prompt, end: node('PreviewImage', { images: [String(length - 1), 0] }) }
}
