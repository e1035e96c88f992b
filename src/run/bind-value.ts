import type { StoredValue } from '../context/stored-value.ts'
import { DiscomfortError } from '../errors.ts'
import { isTemplate, typesAgree } from '../ports/socket-type.ts'
import type { PromptNode } from '../prompt/prompt.ts'

/** A version of a value, as the context holds it. */
export type BoundValue = StoredValue

/** The class of the node that brings a value into a prompt. */
export const loaderClass = 'DiscomfortContextLoader'

/**
 * Stands for what an earlier workflow of the same round blocked: as inside one prompt, whatever takes it is blocked too.
 */
export const blockedValue: BoundValue = {
  receipt: { v: 1, id: 'blocked', type: '*', list: false, dtype: null, shape: null, bytes: 0 },
}

/**
 * The constant that a value becomes in an input of a type, as `{ value }`; undefined where it needs a loader.
 * Constants work without the pack, and the server checks their range; linked values fail deep inside the node.
 */
export function constantFor(
  bound: BoundValue,
  type: string,
): { readonly value: string | number | bigint | boolean } | undefined {
  const { tree } = bound
  if (tree === undefined || bound.receipt.list) return undefined
  if (typeof tree === 'string' || typeof tree === 'boolean') return { value: tree }
  // JSON cannot tell 1.0 from 1, so a whole float goes as a constant only where the server makes it a float.
  if (typeof tree === 'number') return type === 'FLOAT' || !Number.isInteger(tree) ? { value: tree } : undefined
  if (typeof tree !== 'object' || tree === null || !('int' in tree)) return undefined
  const number = Number(tree.int)
  return { value: Number.isSafeInteger(number) ? number : BigInt(tree.int) }
}

/** The node that brings a value into a prompt, by the id of its version. */
export function loaderNode(bound: BoundValue, title: string): PromptNode {
  return { class_type: loaderClass, inputs: { version: bound.receipt.id }, _meta: { title } }
}

/**
 * Whether a stored value may go into an input of a type. Nothing is coerced with loss: a whole FLOAT is no INT unless it
 * is whole, and text is text wherever text is taken.
 * @throws {@link DiscomfortError} `VALUE_TYPE`
 */
export function checkFits(key: string, bound: BoundValue, type: string): void {
  const found = bound.receipt.type
  if (typesAgree(found, type) || isTemplate(found)) return
  if (found === 'INT' && type.split(',').includes('FLOAT')) return
  if (isText(found) && type.split(',').some(isText)) return
  if (type === 'COMBO' && ['INT', 'FLOAT', 'BOOLEAN'].includes(found)) return
  throw new DiscomfortError(
    'VALUE_TYPE',
    `"${key}" is of type ${found}, but the workflow wants ${type} there. Save a value of that type, or use another unique_id.`,
    { details: { key, expected: type, found } },
  )
}

function isText(type: string): boolean {
  return type === 'STRING' || type === 'COMBO'
}
