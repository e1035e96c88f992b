import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { PromptNode } from '../prompt/prompt.ts'

/** The answer of `/node_replacements`: retired class → what stands in for it, the first entry counts. */
export type ClassReplacements = Readonly<Record<string, readonly ClassReplacement[]>>

/** What stands in for a retired class. Without `input_mapping` the new node has no inputs at all. */
export interface ClassReplacement {
  readonly new_node_id: string
  readonly input_mapping?: readonly InputMapping[] | null
  readonly output_mapping?: readonly { readonly new_idx: number; readonly old_idx: number }[] | null
}

/** Where an input of the new class takes its value from. */
export interface InputMapping {
  readonly new_id: string
  readonly old_id?: string
  readonly set_value?: unknown
}

/** What ComfyUI 0.30.0 answers. */
export const coreReplacements: ClassReplacements = {
  ResizeImagesByLongerEdge: [
    {
      new_node_id: 'ImageScaleToMaxDimension',
      input_mapping: [
        { new_id: 'image', old_id: 'images' },
        { new_id: 'largest_size', old_id: 'longer_edge' },
        { new_id: 'upscale_method', set_value: 'lanczos' },
      ],
    },
  ],
  ImageBatch: [
    {
      new_node_id: 'BatchImagesNode',
      input_mapping: [
        { new_id: 'images.image0', old_id: 'image1' },
        { new_id: 'images.image1', old_id: 'image2' },
      ],
    },
  ],
  ImageScaleBy: [
    {
      new_node_id: 'ResizeImageMaskNode',
      input_mapping: [
        { new_id: 'input', old_id: 'image' },
        { new_id: 'resize_type', set_value: 'scale by multiplier' },
        { new_id: 'resize_type.multiplier', old_id: 'scale_by' },
        { new_id: 'scale_method', old_id: 'upscale_method' },
      ],
    },
  ],
  T2IAdapterLoader: [
    { new_node_id: 'ControlNetLoader', input_mapping: [{ new_id: 'control_net_name', old_id: 't2i_adapter_name' }] },
  ],
  Load3DAnimation: [{ new_node_id: 'Load3D' }],
  Preview3DAnimation: [{ new_node_id: 'Preview3D' }],
  SDV_img2vid_Conditioning: [{ new_node_id: 'SVD_img2vid_Conditioning' }],
  'ConditioningAverage ': [{ new_node_id: 'ConditioningAverage' }],
}

/** A node as the server makes it of one of a retired class. */
export interface Replaced {
  readonly classType: string
  readonly inputs: ReadonlyMap<string, unknown>
  /** Inputs of the retired class that the mapping needs and the node lacks: the server fails on them. */
  readonly lacking: readonly string[]
  readonly slot: (old: unknown) => unknown
}

/** What the server puts in the place of a node whose class it does not have; undefined where it does nothing. */
export function replaceNode(
  { class_type, inputs }: PromptNode,
  definitions: NodeDefinitions,
  replacements: ClassReplacements = coreReplacements,
): Replaced | undefined {
  if (Object.hasOwn(definitions, class_type) || !Object.hasOwn(replacements, class_type)) return undefined
  const replacement = replacements[class_type]?.[0]
  if (!replacement || !Object.hasOwn(definitions, replacement.new_node_id)) return undefined
  const mapped = new Map<string, unknown>()
  const lacking: string[] = []
  for (const { new_id, old_id, set_value } of replacement.input_mapping ?? []) {
    if (old_id === undefined) mapped.set(new_id, set_value)
    else if (Object.hasOwn(inputs, old_id)) mapped.set(new_id, inputs[old_id])
    else lacking.push(old_id)
  }
  const slots = new Map<unknown, number>((replacement.output_mapping ?? []).map((one) => [one.old_idx, one.new_idx]))
  return { classType: replacement.new_node_id, inputs: mapped, lacking, slot: (old) => slots.get(old) ?? old }
}
