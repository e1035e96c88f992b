import type { CheckContext, Remark } from './check-context.ts'
import { remark } from './check-context.ts'
import { readInputSpec } from '../prompt/widgets/input-spec.ts'
import { checkChoice } from './check-choice.ts'
import { checkRange } from './check-range.ts'
import type { CheckedNode } from './checked-node.ts'
import { coerceValue } from './coerce-value.ts'
import type { DeclaredInput } from './declared-inputs.ts'
import { sayNode, sayType, sayValue } from './say.ts'

/** Types whose values are written down in prompts. All others come over links. */
const writtenTypes = /^(INT|FLOAT|STRING|BOOLEAN|COMBO|\*)$/

/** Looks at a constant as the server does: first it is made to fit the type, then its range and choices are checked. */
export function checkConstant(
  node: CheckedNode,
  input: DeclaredInput,
  given: unknown,
  context: CheckContext,
): readonly Remark[] {
  const raw = unwrap(given)
  const coerced = coerceValue(input.type, raw)
  if (coerced.kind === 'unreadable') return [unreadable(node, input, raw)]
  const remarks: Remark[] = []
  if (coerced.isChanged) remarks.push(changed(node, input, raw, coerced.value))
  const judged = [...checkRange(node, input, coerced.value), ...checkChoice(node, input, coerced.value, context)].slice(
    0,
    1,
  )
  if (node.own.takesOver(input.name)) remarks.push(...decidedByNode(node, input, coerced.value, judged[0]))
  else remarks.push(...judged)
  if (remarks.length === 0 && isForSocket(input, raw)) remarks.push(forSocket(node, input, raw))
  return remarks
}

/** Lists are sent in a wrapper, since a bare list is a link. */
function unwrap(value: unknown): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__value__')
    ? (value as { __value__: unknown }).__value__
    : value
}

function unreadable(node: CheckedNode, { name, type, options }: DeclaredInput, value: unknown): Remark {
  const like = options['default'] === undefined ? '' : `, for example ${sayValue(options['default'])}`
  return remark(
    'error',
    'VALUE_UNREADABLE',
    `The input ${name} of ${sayNode(node)} takes ${sayType(type)}, and ${sayValue(value)} is none. Give it one${like}.`,
    { input: name },
  )
}

function changed(node: CheckedNode, { name, type }: DeclaredInput, raw: unknown, value: unknown): Remark {
  const made = type === 'STRING' ? 'its text' : sayValue(value)
  return remark(
    'warning',
    'VALUE_COERCED',
    `The input ${name} of ${sayNode(node)} takes ${sayType(type)} and holds ${sayValue(raw)}; the server makes ${made} of it. Write what is meant.`,
    { input: name },
  )
}

/** A text or a socket's value without any rule in the definitions may still displease the node, unless it is the default. */
function decidedByNode(
  node: CheckedNode,
  { name, options, type }: DeclaredInput,
  value: unknown,
  judged: Remark | undefined,
): readonly Remark[] {
  const what = `The input ${name} of ${sayNode(node)} holds ${sayValue(value)}`
  const more = {
    input: name,
    ...(judged?.nearest ? { nearest: judged.nearest } : {}),
    ...(judged?.model ? { model: judged.model } : {}),
  }
  if (judged) {
    if (isOwnChoice(node, judged, value)) return []
    const why =
      judged.code === 'VALUE_BELOW_MIN' || judged.code === 'VALUE_ABOVE_MAX' ? 'out of its range' : 'not in its list'
    return [
      remark(
        'warning',
        'DECIDED_BY_NODE',
        `${what}, which is ${why}. The node decides itself whether it takes that.`,
        more,
      ),
    ]
  }
  const isBound = type === 'BOOLEAN' || type === 'COMBO' || Array.isArray(type)
  const isNamed = node.own.named.includes(name)
  if (isBound || !isNamed || (type !== 'INT' && type !== 'FLOAT' && value === options['default'] && value !== ''))
    return []
  return [remark('warning', 'DECIDED_BY_NODE', `${what}. The node decides itself whether it takes that.`, more)]
}

/** The page lets people write choices of their own, which it sends as inputs that the class does not declare. */
function isOwnChoice({ inputs, declared }: CheckedNode, { nearest = [] }: Remark, value: unknown): boolean {
  return nearest.length === 0 && [...inputs].some(([name, held]) => held === value && !declared.has(name))
}

function isForSocket({ name, type, options }: DeclaredInput, value: unknown): boolean {
  if (typeof type !== 'string' || type.startsWith('COMFY_') || typeof value === 'object') return false
  const { kind } = readInputSpec(name, [type, { ...options, forceInput: false }])
  return kind === 'socket' && !type.split(',').some((one) => writtenTypes.test(one.trim()))
}

function forSocket(node: CheckedNode, { name, type }: DeclaredInput, value: unknown): Remark {
  return remark(
    'warning',
    'VALUE_FOR_SOCKET',
    `The input ${name} of ${sayNode(node)} takes a link of type ${sayType(type)} and holds ${sayValue(value)}. The server does not notice, and the node may fail.`,
    { input: name },
  )
}
