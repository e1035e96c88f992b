import type { CheckContext, Remark } from './check-context.ts'
import { remark } from './check-context.ts'
import type { CheckedNode } from './checked-node.ts'
import type { DeclaredInput } from './declared-inputs.ts'
import { isModelFile } from './named-models.ts'
import { sameValue } from './same-value.ts'
import { sayNode, sayValue, sayValues } from './say.ts'

/** Looks for a value among the choices of a combo; each of several where it takes several. */
export function checkChoice(
  node: CheckedNode,
  { name, type, options }: DeclaredInput,
  value: unknown,
  context: CheckContext,
): readonly Remark[] {
  if (type !== 'COMBO' && !Array.isArray(type)) return []
  const listed = type === 'COMBO' ? options['options'] : type
  const choices = Array.isArray(listed) ? (listed as readonly unknown[]) : []
  const values = options['multiselect'] === true && Array.isArray(value) ? (value as readonly unknown[]) : [value]
  const strange = values.findIndex((one) => !isAmong(choices, one))
  if (strange === -1) return []
  return [describe(node, name, values[strange], choices, context)]
}

const sets = new WeakMap<readonly unknown[], ReadonlySet<unknown>>()

/** Long lists are asked often: what is the very same is found at once. */
function isAmong(choices: readonly unknown[], value: unknown): boolean {
  let set = sets.get(choices)
  if (!set) sets.set(choices, (set = new Set(choices)))
  if (set.has(value)) return !Number.isNaN(value)
  return typeof value !== 'string' && choices.some((choice) => sameValue(choice, value))
}

function describe(
  node: CheckedNode,
  name: string,
  value: unknown,
  choices: readonly unknown[],
  { nearest: find, modelSource }: CheckContext,
): Remark {
  const nearest = find(value, choices)
  if (typeof value === 'string' && isModelFile(value)) {
    const { url, directory } = modelSource(value) ?? {}
    const folder = `models${directory === undefined ? '' : `/${directory}`} of ComfyUI`
    const next = url === undefined ? `Put the file into ${folder}` : `Fetch ${url} into ${folder}`
    const others = nearest.length > 0 ? `, or choose another: ${sayValues(nearest)}` : ''
    const model = {
      name: value,
      ...(url === undefined ? {} : { url }),
      ...(directory === undefined ? {} : { directory }),
    }
    return remark(
      'error',
      'MODEL_MISSING',
      `${sayNode(node)} needs the model ${sayValue(value)} for ${name}, which the server does not list. ${next}${others}.`,
      { input: name, nearest, model },
    )
  }
  const next = nearest.length > 0 ? `Nearest are ${sayValues(nearest)}.` : 'The list is empty.'
  return remark(
    'error',
    'VALUE_NOT_IN_LIST',
    `The input ${name} of ${sayNode(node)} holds ${sayValue(value)}, which is not among its ${choices.length} choices. ${next}`,
    { input: name, nearest },
  )
}
