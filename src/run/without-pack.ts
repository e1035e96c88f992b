import { comfyList } from '../values/comfy-list.ts'
import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { DiscomfortError } from '../errors.ts'
import { encodePicture } from '../image/encode-picture.ts'
import { Image } from '../image/image.ts'
import type { Prompt, PromptNode } from '../prompt/prompt.ts'
import type { ComfyConnector } from '../server/connector.ts'
import type { NodeOutput } from '../server/jobs/job-record.ts'
import { uploadBytes } from '../server/transfer/upload.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import { Mask } from '../values/mask.ts'
import { Tensor } from '../values/tensor.ts'
import { loaderClass } from './bind-value.ts'
import type { Executed } from './execute-plan.ts'
import { saverClass } from './make-plan.ts'
import { readServerFile } from './run-file.ts'
import type { PlannedOutput, RunPlan } from './run-plan.ts'

/** Where a plan is carried out that wants the pack, on a server that does not have it. */
export interface PlainServer {
  readonly connector: ComfyConnector
  readonly store: ContextStore
  /** The name of the workflow. */
  readonly name: string
}

/** A plan for ComfyUI's own nodes alone. */
export interface PlainPlan {
  readonly plan: RunPlan
  /** The values that the run gave; what was blocked has none. */
  collect(executed: Executed): Promise<Map<string, StoredValue>>
  /** What the caller has to know of it. */
  readonly warnings: readonly string[]
}

/**
 * What ComfyUI's own nodes can do where the pack is missing: pictures and masks go in by upload and come out as previews, 8
 * bits a channel; numbers, texts and truth values come out as text.
 *
 * @throws {@link DiscomfortError} `SERVER_INCOMPATIBLE` for all other values
 */
export async function withoutPack(
  plan: RunPlan,
  loads: readonly StoredValue[],
  server: PlainServer,
): Promise<PlainPlan> {
  const values = new Map(loads.map((value) => [value.receipt.id, value]))
  const outputs = new Map(plan.outputs.map((output) => [output.node, output]))
  const rounded: string[] = []
  const prompt: Record<string, PromptNode> = {}
  for (const [id, node] of Object.entries(plan.prompt)) {
    if (node.class_type === loaderClass) {
      prompt[id] = await loadPicture(node, values.get(String(node.inputs['version'])), server)
      rounded.push(node._meta?.title ?? id)
    } else if (node.class_type === saverClass) {
      const output = outputs.get(id) as PlannedOutput
      Object.assign(prompt, previewOf(id, node, output, server))
      if (output.type in pictures) rounded.push(output.key)
    } else prompt[id] = node
  }
  return {
    plan: { ...plan, prompt, needsPack: false },
    warnings: rounded.length === 0 ? [] : [roundedWarning(rounded, server)],
    async collect(executed) {
      const given = new Map<string, StoredValue>()
      for (const output of plan.outputs) {
        const told = executed.outputs.get(output.node)
        if (told) given.set(output.key, await takeBack(output, told, server))
      }
      return given
    },
  }
}

/** The nodes that load and preview pictures, by the type of the value. */
const pictures: Record<string, { readonly load: (image: string) => PromptNode }> = {
  IMAGE: { load: (image) => ({ class_type: 'LoadImage', inputs: { image } }) },
  MASK: { load: (image) => ({ class_type: 'LoadImageMask', inputs: { image, channel: 'red' } }) },
}
const texts: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'BOOLEAN', 'STRING'])

async function loadPicture(
  loader: PromptNode,
  value: StoredValue | undefined,
  server: PlainServer,
): Promise<PromptNode> {
  const { type, list, shape } = value?.receipt ?? { type: '*', list: false, shape: null }
  const isOne = !list && shape?.[0] === 1
  const picture = pictures[type]
  if (!value || !picture || !isOne) throw packMissing(server, `"${loader._meta?.title}" (${type})`)
  const decoded = await server.store.decode(value)
  const image = decoded instanceof Mask ? await greyOf(decoded) : (decoded as Image)
  const { height, width, channels } = image
  const bytes = await encodePicture({ data: await image.pixels(), height, width, channels }, 'picture.png')
  const name = `${value.receipt.id}.png`
  const folder = { type: 'input', subfolder: 'discomfort', overwrite: true }
  const { widgetValue } = await uploadBytes(server.connector.http, name, bytes, folder)
  return { ...picture.load(widgetValue), ...(loader._meta ? { _meta: loader._meta } : {}) }
}

/** What stands in the place of a saver. Masks have to become pictures first. */
function previewOf(
  id: string,
  { inputs, _meta }: PromptNode,
  { key, type }: PlannedOutput,
  server: PlainServer,
): Prompt {
  const titled = (node: PromptNode): PromptNode => ({ ...node, ...(_meta ? { _meta } : {}) })
  const { value } = inputs
  if (type === 'IMAGE') return { [id]: titled({ class_type: 'PreviewImage', inputs: { images: value } }) }
  if (type === 'MASK') {
    const made = `${id}:image`
    return {
      [made]: titled({ class_type: 'MaskToImage', inputs: { mask: value } }),
      [id]: titled({ class_type: 'PreviewImage', inputs: { images: [made, 0] } }),
    }
  }
  if (texts.has(type)) return { [id]: titled({ class_type: 'PreviewAny', inputs: { source: value } }) }
  throw packMissing(server, `"${key}" (${type})`)
}

async function takeBack(
  { key, type, isList }: PlannedOutput,
  told: NodeOutput,
  { connector, store }: PlainServer,
): Promise<StoredValue> {
  const items: unknown = type in pictures ? told['images'] : told['text']
  if (!Array.isArray(items) || items.length === 0)
    throw corruptValue(`of the output "${key}"`, 'the server tells of it in a form that is not known')
  if (!(type in pictures)) {
    const values = items.map((item) => parseText(String(item), type))
    return store.prepare(isList || values.length > 1 ? comfyList(values) : values[0], type, key)
  }
  const made: Image[] = []
  for (const item of items) made.push(await Image.open(await readServerFile(connector, item as { filename: string })))
  const values = isList ? made : [await batchOf(made)]
  const typed = type === 'MASK' ? await Promise.all(values.map(redOf)) : values
  return store.prepare(isList ? comfyList(typed) : typed[0], type, key)
}

/** As Python writes it. */
function parseText(text: string, type: string): unknown {
  if (type === 'INT') return BigInt(text)
  if (type === 'BOOLEAN') return text === 'True'
  if (type === 'FLOAT') return Number(text.replace(/inf$/, 'Infinity').replace('nan', 'NaN'))
  return text
}

async function batchOf(images: readonly Image[]): Promise<Image> {
  const [first] = images as [Image]
  if (images.length === 1) return first
  return Image.fromFrames(images, [images.length, first.height, first.width, first.channels]).load()
}

async function redOf(image: Image): Promise<Mask> {
  const pixels = await image.pixels()
  const { channels } = image
  const red = new Float32Array(pixels.length / channels).map((_, at) => pixels[at * channels] as number)
  return Mask.from(Tensor.from(red, image.tensor.shape.slice(0, 3)))
}

/** In three channels: ComfyUI does not open every grey PNG. */
async function greyOf({ tensor }: Mask): Promise<Image> {
  const values = (await tensor.data()) as Float32Array
  const pixels = new Float32Array(values.length * 3).map((_, at) => values[Math.floor(at / 3)] as number)
  return Image.from(Tensor.from(pixels, [...tensor.shape, 3]))
}

function roundedWarning(names: readonly string[], { connector }: PlainServer): string {
  const told = names.map((name) => `"${name}"`).join(', ')
  return `${told} passed through picture files of 8 bits a channel, since the ComfyUI at ${connector.serverAddress} does not have the Discomfort pack: values were rounded.`
}

function packMissing({ connector, name }: PlainServer, what: string): DiscomfortError<'SERVER_INCOMPATIBLE'> {
  const url = connector.serverAddress
  return new DiscomfortError(
    'SERVER_INCOMPATIBLE',
    `The value ${what} of ${name} needs the Discomfort pack, and the ComfyUI at ${url} does not have it. Copy comfy-nodes/discomfort of this package into its custom_nodes and restart it, or let Discomfort start a ComfyUI of its own. Without the pack go constants, single pictures and masks, and out come numbers, texts, pictures and masks of a known type.`,
    { details: { url, reason: 'the pack is missing' } },
  )
}
