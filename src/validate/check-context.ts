import type { CheckedNode, CheckedNodes } from './checked-node.ts'
import type { Draft, FindingCode } from './finding.ts'
import type { NamedModel } from './named-models.ts'
import type { Nearest } from './nearest-choices.ts'

/** What the checks of one validation share. */
export interface CheckContext {
  readonly nodes: CheckedNodes
  readonly nearest: Nearest
  /** All classes of the server. */
  readonly classes: readonly string[]
  /** The source that the workflow names for a model file. */
  readonly modelSource: (file: string) => NamedModel | undefined
}

/** What a check says about a node; where and in which file is found later. */
export type Remark = Pick<Draft, 'severity' | 'code' | 'message'> &
  Partial<Pick<Draft, 'input' | 'nearest' | 'pack' | 'model'>>

/** A remark about a node as a finding. */
export function about({ id, title, classType }: CheckedNode, remark: Remark): Draft {
  return { ...remark, node: id, title, classType }
}

/** A remark that is an error, or a warning where the server does not decide. */
export function remark(
  severity: 'error' | 'warning',
  code: FindingCode,
  message: string,
  more: Partial<Omit<Remark, 'severity' | 'code' | 'message'>> = {},
): Remark {
  return { severity, code, message, ...more }
}
