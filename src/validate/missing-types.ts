import { distance } from 'fastest-levenshtein'
import { remark, type Remark } from './check-context.ts'
import type { CheckedNode } from './checked-node.ts'
import { sayNode } from './say.ts'

/** What a workflow tells of node types that the server lacks. */
export interface MissingTypes {
  /** Whether a node of such a type hangs on nothing, so that it is left out. */
  readonly isLoose: (node: string) => boolean
  readonly packOf: (type: string) => string | undefined
}

/** Describes a node whose type the server lacks; `classes` are those that are named most like it. */
export function missingType(node: CheckedNode, { isLoose, packOf }: MissingTypes, classes: readonly unknown[]): Remark {
  const { classType, id } = node
  const what = `The node type of ${sayNode({ ...node, title: classType === node.title ? classType : node.title })} is missing on the server`
  if (isLoose(id)) return remark('warning', 'NODE_TYPE_MISSING', `${what}; it hangs on nothing and is left out.`)
  if (/^workflow[>/]/.test(classType))
    return remark(
      'error',
      'NODE_TYPE_MISSING',
      `${what}: it is a group node of old ComfyUI, and the file does not hold its group. Take a file that does, or put its nodes in its place.`,
    )
  const pack = packOf(classType)
  if (pack !== undefined) return remark('error', 'NODE_TYPE_MISSING', `${what}. Install the pack ${pack}.`, { pack })
  const near = classes.filter((name) => distance(String(name), classType) <= classType.length / 4)
  const hint = near.length > 0 ? ` Similar ones there are ${near.map((name) => `"${String(name)}"`).join(', ')}.` : ''
  return remark(
    'error',
    'NODE_TYPE_MISSING',
    `${what}, and nothing says which pack brings it: look it up at registry.comfy.org.${hint}`,
    near.length > 0 ? { nearest: near } : {},
  )
}
