import type { LinkTuple, NodeInput, NodeOutput, Workflow, WorkflowNode } from '../../../src/workflow/document.ts'

/** The sockets of the classes that the cases use, as old versions saved them: without those of widgets. */
const sockets: Readonly<Record<string, readonly [inputs: string, outputs: string]>> = {
  CheckpointLoaderSimple: ['', 'MODEL CLIP VAE'],
  CLIPSetLastLayer: ['clip:CLIP', 'CLIP'],
  CLIPTextEncode: ['clip:CLIP', 'CONDITIONING'],
  EmptyLatentImage: ['', 'LATENT'],
  ImageBlend: ['image1:IMAGE image2:IMAGE', 'IMAGE'],
  ImageCrop: ['image:IMAGE', 'IMAGE'],
  ImageInvert: ['image:IMAGE', 'IMAGE'],
  ImageScale: ['image:IMAGE', 'IMAGE'],
  KSampler: ['model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT', 'LATENT'],
  LatentUpscale: ['samples:LATENT', 'LATENT'],
  LoadImage: ['', 'IMAGE MASK'],
  LoraLoader: ['model:MODEL clip:CLIP', 'MODEL CLIP'],
  Note: ['', ''],
  PreviewImage: ['images:IMAGE', ''],
  PrimitiveInt: ['', 'INT'],
  PrimitiveNode: ['', '*'],
  Reroute: [':*', '*'],
  SaveImage: ['images:IMAGE', ''],
  VAEDecode: ['samples:LATENT vae:VAE', 'IMAGE'],
}

interface Drawn {
  readonly title?: string
  readonly mode?: number
  /** More sockets, behind the others, of widgets that were converted to inputs: `name:TYPE`, a plus stands for a space. */
  readonly converted?: string
  /** Sockets instead of those of the class; on group nodes all of them. */
  readonly in?: string
  readonly out?: string
  /** The widget that the output of a primitive stands for. */
  readonly widget?: string
}

/** A node outside of groups. */
export function node(
  id: number,
  type: string,
  values: WorkflowNode['widgets_values'] = [],
  drawn: Drawn = {},
): WorkflowNode {
  return { id, ...member(type, values, drawn) }
}

/** A node of a group, where its place in the list is its id. */
export function member(
  type: string,
  values: WorkflowNode['widgets_values'] = [],
  { title, mode = 0, converted = '', in: inputs, out, widget }: Drawn = {},
): Omit<WorkflowNode, 'id'> & { readonly type: string } {
  const [ownInputs = '', ownOutputs = ''] = sockets[type] ?? []
  const widgets = words(converted).map((word) => ({ ...input(word), widget: { name: input(word).name } }))
  return {
    type,
    pos: [10, 10],
    size: [200, 100],
    flags: {},
    order: 0,
    mode,
    inputs: [...words(inputs ?? ownInputs).map(input), ...widgets],
    outputs: words(out ?? ownOutputs).map((name): NodeOutput => ({
      name,
      type: name,
      links: [],
      ...(widget === undefined ? {} : { widget: { name: widget } }),
    })),
    properties: {},
    widgets_values: values,
    ...(title === undefined ? {} : { title }),
  }
}

/** What stands under the name of a group in `extra.groupNodes`; links are [from, slot, to, slot, type]. */
export function group(
  nodes: readonly Omit<WorkflowNode, 'id'>[],
  links: readonly (readonly [number, number, number, number, string])[],
  more: { external?: readonly (readonly [number, number, string])[]; config?: object } = {},
) {
  return {
    nodes: nodes.map((one, index) => ({ ...one, index })),
    links: links.map(([from, slot, to, at, type]) => [from, slot, to, at, from + 1, type]),
    external: more.external ?? [],
    ...(more.config ? { config: more.config } : {}),
  }
}

type Link = readonly [from: number, slot: number, to: number, slot: number, type: string]

/** A workflow of version 0.4 with groups. The links are numbered from one. */
export function workflow(
  nodes: readonly WorkflowNode[],
  links: readonly Link[],
  groupNodes: Readonly<Record<string, unknown>>,
  more: Partial<Workflow> = {},
): Workflow {
  const numbered = links.map((link, at): LinkTuple => [at + 1, ...link])
  return {
    last_node_id: Math.max(...nodes.map(({ id }) => Number(id))),
    last_link_id: links.length,
    version: 0.4,
    config: {},
    groups: [],
    nodes: nodes.map((one) => linked(one, numbered)),
    links: numbered,
    extra: { groupNodes },
    ...more,
  }
}

function linked(one: WorkflowNode, links: readonly LinkTuple[]): WorkflowNode {
  return {
    ...one,
    inputs: (one.inputs ?? []).map((socket, slot) => ({
      ...socket,
      link: links.find(([, , , to, at]) => to === one.id && at === slot)?.[0] ?? null,
    })),
    outputs: (one.outputs ?? []).map((socket, slot) => ({
      ...socket,
      links: links.filter(([, from, at]) => from === one.id && at === slot).map(([id]) => id),
    })),
  }
}

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '')
}

function input(word: string): NodeInput {
  const [name = '', type = '*'] = word.split(':')
  return { name: name.replaceAll('+', ' '), type, link: null }
}
