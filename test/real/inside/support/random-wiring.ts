import * as fc from 'fast-check'
import type { Prompt } from '../../../../src/prompt/prompt.ts'
import { innerWorkflows } from './inner-workflows.ts'

const ids = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

/** A link that is not drawn yet: to the how-manieth output of its type among the nodes before, or to anywhere. */
interface Wire {
  readonly type: string
  readonly pick: number
  readonly wild: readonly [id: string, slot: number] | undefined
}
const isWire = (value: unknown): value is Wire => typeof value === 'object' && value !== null && 'pick' in value
const wild = fc.tuple(fc.constantFrom(...ids, 'nobody'), fc.constantFrom(0, 0, 1, 2, 31, 32))
const wire = (type: string, tame = 24) =>
  fc.record({
    type: fc.constant(type),
    pick: fc.nat(100),
    wild: fc.oneof({ weight: tame, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: wild }),
  })
const odd = fc.constantFrom<unknown>(
  '',
  ' ',
  'x',
  '\u0000',
  'ä\n'.repeat(3000),
  0,
  -1,
  2.5,
  true,
  null,
  [],
  {},
  { __value__: ['a', 'b'] },
)

/** A value that fits mostly; else a link, or nonsense. */
const mostly = (...good: unknown[]) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: wire('*', 2) },
    { weight: 1, arbitrary: odd },
  )
const linked = (type = '*') => fc.oneof({ weight: 30, arbitrary: wire(type) }, { weight: 1, arbitrary: odd })

// What never ends by itself would only show that it does not.
const paths = Object.keys(innerWorkflows).filter((name) => name !== 'slow.json')
const path = mostly(...paths, 'nowhere.json', '../discomfort.bridge.json', '/etc/hostname')
const ports = fc.constantFrom<unknown>(
  '',
  '',
  '',
  '',
  '{',
  '[]',
  '{"inputs":[["image","IMAGE"]],"outputs":[["image","IMAGE"]]}',
  '{"inputs":[["number","INT"],["x","MODEL"]],"outputs":[]}',
  JSON.stringify({ inputs: Array.from({ length: 40 }, () => ['a', '*']), outputs: [] }),
)
const models = mostly('unload', 'keep')
const sockets = { input_0: linked(), input_1: linked(), input_2: linked(), input_31: linked() }

/** Inputs that a node has always, and such as it may lack. */
function nodeOf(
  class_type: string,
  always: Record<string, fc.Arbitrary<unknown>>,
  perhaps: Record<string, fc.Arbitrary<unknown>> = {},
) {
  const inputs = fc.record({ ...always, ...perhaps }, { requiredKeys: Object.keys(always) })
  // Sometimes even what is required is missing.
  const lacking = fc.record({ ...always, ...perhaps }, { requiredKeys: [] })
  const drawn = fc.oneof({ weight: 30, arbitrary: inputs }, { weight: 1, arbitrary: lacking })
  return drawn.map((given) => ({ class_type, inputs: given as Record<string, unknown> }))
}

const ours = [
  nodeOf('DiscomfortTestRunner', { workflow_path: path, models }, { ports, ...sockets }),
  nodeOf(
    'DiscomfortLoop',
    {
      workflow_path: path,
      iterations: mostly(1, 2, 3),
      feedback: mostly('', '', 'image -> image', 'number → number', 'nothing'),
      until: mostly('', '', 'done', 'number >= 2', '>= 3', 'image == 1'),
      index: mostly('', '', 'number', 'nobody'),
      results: mostly('last', 'list', 'batch'),
      models,
    },
    { ports, ...sockets },
  ),
  nodeOf(
    'DiscomfortSwitch',
    {
      choice: mostly('a', '0', ''),
      workflows: mostly('a: invert.json\nelse: count.json', 'invert.json\nfade.json', 'a: circle.json', ': :', ''),
      models,
    },
    { by: linked(), ports, ...sockets },
  ),
  nodeOf(
    'DiscomfortScript',
    {
      script: mostly('return { image: inputs.image ?? null }', 'throw new Error("no")', 'nowhere.ts', '}{'),
      inputs: mostly('', 'image: IMAGE', 'model: MODEL, n', ',,'),
      outputs: mostly('', 'image', 'image: IMAGE, n: INT', ':'),
      pure: mostly(true, false),
      models,
    },
    sockets,
  ),
]
const core = [
  nodeOf('EmptyImage', { width: mostly(16), height: mostly(16), batch_size: mostly(1, 2), color: mostly(0, 255) }),
  nodeOf('ImageInvert', { image: linked('IMAGE') }),
  nodeOf('TestInt', { value: mostly(0, 3) }),
  nodeOf('TestBlock', { value: linked(), block: mostly(true, false), message: mostly('', 'blocked') }),
  nodeOf('TestFail', { message: mostly('it broke') }, { value: linked() }),
  nodeOf('CheckpointLoaderSimple', { ckpt_name: mostly('tiny_sd3.ckpt') }),
  nodeOf('CLIPTextEncode', { text: mostly('a pear'), clip: linked('CLIP') }),
  nodeOf('ComfySwitchNode', { switch: mostly(true, false), on_false: linked(), on_true: linked() }),
  nodeOf('DiscomfortPort', { unique_id: mostly('image', 'number'), tags: mostly('') }, { value: linked() }),
  nodeOf('PreviewAny', { source: linked() }),
  nodeOf('PreviewImage', { images: linked('IMAGE') }),
]

/** The types of what nodes give; all that are not here give anything. */
const outputs: Readonly<Record<string, readonly string[]>> = {
  EmptyImage: ['IMAGE'],
  ImageInvert: ['IMAGE'],
  TestInt: ['INT'],
  CheckpointLoaderSimple: ['MODEL', 'CLIP', 'VAE'],
  CLIPTextEncode: ['CONDITIONING'],
  PreviewAny: [],
  PreviewImage: [],
}

/** Prompts of our nodes and ComfyUI's, linked at random: circles, links to nothing and of wrong types, odd widgets. */
export const randomWiring: fc.Arbitrary<Prompt> = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.oneof(...ours) }, { weight: 2, arbitrary: fc.oneof(...core) }), {
    minLength: 2,
    maxLength: ids.length - 2,
  })
  .map((drawn) => {
    const nodes = [
      { class_type: 'EmptyImage', inputs: { width: 16, height: 16, batch_size: 1, color: 255 } },
      { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'tiny_sd3.ckpt' } },
      ...drawn,
    ]
    const given = nodes.flatMap(({ class_type }, place) =>
      (outputs[class_type] ?? ['*', '*']).map((type, slot) => ({ place, type, link: [ids[place], slot] })),
    )
    const linkTo = ({ type, pick, wild }: Wire, place: number): unknown => {
      const fits = given.filter((one) => one.place < place && (type === '*' || one.type === '*' || one.type === type))
      return wild ?? fits[pick % fits.length]?.link
    }
    const entries = nodes.map(({ class_type, inputs }, place) => {
      const pairs = Object.entries(inputs).map(([name, value]) => [name, isWire(value) ? linkTo(value, place) : value])
      return [ids[place], { class_type, inputs: Object.fromEntries(pairs) as object }]
    })
    return Object.fromEntries(entries) as Prompt
  })
