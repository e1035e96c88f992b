import { checkConstant } from './check-constant.ts'
import type { CheckContext, Remark } from './check-context.ts'
import { remark } from './check-context.ts'
import { checkLink } from './check-link.ts'
import type { CheckedNode } from './checked-node.ts'
import type { DeclaredInput } from './declared-inputs.ts'
import { sayNode, sayType, sayValue } from './say.ts'

/** Looks at every input that the class of a node declares. */
export function checkInputs(node: CheckedNode, context: CheckContext): readonly Remark[] {
  const remarks: Remark[] = []
  for (const input of node.declared.values()) {
    const { name } = input
    if (!node.inputs.has(name)) {
      if (input.isRequired) remarks.push(missingInput(node, input))
      continue
    }
    const value = node.inputs.get(name)
    if (input.unseen === 'unknown-choice') remarks.push(unknownChoice(node, input, value, context))
    else if (Array.isArray(value)) remarks.push(...checkLink(node, input, value as readonly unknown[], context))
    else remarks.push(...checkConstant(node, input, value, context))
  }
  const absent = node.own.named.filter((name) => node.declared.has(name) && !node.inputs.has(name))
  if (absent.length > 0 && absent.every((name) => node.declared.get(name)?.isRequired === false)) {
    remarks.push(
      remark(
        'warning',
        'DECIDED_BY_NODE',
        `${sayNode(node)} decides itself whether it can do without ${absent.join(' and ')}.`,
        {
          input: absent[0] as string,
        },
      ),
    )
  }
  return remarks
}

/** The server does not look for the choice of a dynamic combo. */
function missingInput(node: CheckedNode, input: DeclaredInput): Remark {
  const { name, unseen, type } = input
  const flat = name.slice(name.lastIndexOf('.') + 1)
  const near = [...node.inputs.keys()].filter((held) => !node.declared.has(held) && isNear(held, flat))
  const hint =
    near.length > 0
      ? `It holds ${near.map((held) => `"${held}"`).join(', ')}, which its class does not have: call it "${name}".`
      : `Link it or give it a value of type ${sayType(type)}.`
  const end = unseen === undefined ? '' : ' The server does not notice, and the node fails.'
  return remark(
    unseen === undefined ? 'error' : 'warning',
    'INPUT_MISSING',
    `${sayNode(node)} lacks its required input ${name}. ${hint}${end}`,
    { input: name, ...(near.length > 0 ? { nearest: near } : {}) },
  )
}

function isNear(held: string, wanted: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  return plain(held.slice(held.lastIndexOf('.') + 1)) === plain(wanted)
}

function unknownChoice(node: CheckedNode, input: DeclaredInput, value: unknown, context: CheckContext): Remark {
  const options = Array.isArray(input.options['options']) ? (input.options['options'] as unknown[]) : []
  const keys = options.map((option) => (option as { key?: unknown } | null)?.key)
  const nearest = context.nearest(value, keys)
  return remark(
    'warning',
    'CHOICE_UNKNOWN',
    `${sayNode(node)} has no choice ${sayValue(value)} for ${input.name}; nearest are ${nearest.map(sayValue).join(', ')}. The server does not notice, and the node fails.`,
    { input: input.name, nearest },
  )
}
