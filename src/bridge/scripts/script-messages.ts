import type { RunEvent } from '../../events/event.ts'
import type { Recipe } from '../../context/recipe.ts'
import type { PartnerLogin } from '../../run/run-options.ts'
import type { TaggedJson } from '../../values/tagged-json.ts'
import type { Receipt } from '../../schema/receipt.ts'
import type { RunScript } from '../../schema/bridge.ts'

/** A value on its way into the thread of a script or out of it: the path of its file, or how it is made. */
export type ScriptValue =
  | { readonly path: string }
  | { readonly recipe: Recipe }
  | { readonly receipt: Receipt; readonly tree: TaggedJson }

/** What the thread of a script begins with. */
export interface ScriptTask {
  readonly script: RunScript['script']
  /** Where imports of a text begin. */
  readonly folder: string
  /** The address of the nested server. */
  readonly server: string
  readonly inputs: readonly (readonly [id: string, value: ScriptValue])[]
  readonly outputs: readonly string[]
  readonly types: Readonly<Record<string, string>>
  readonly previews: boolean
  readonly login: PartnerLogin | undefined
}

/** What the thread of a script tells. */
export type ScriptMessage =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'progress'; readonly value: number; readonly text: string }
  /** Outputs that gave something. Their files are there until the thread is told to end. */
  | { readonly kind: 'done'; readonly outputs: readonly (readonly [id: string, value: ScriptValue])[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly details: unknown }

/** What the thread is told: to give up, or that its values were taken. */
export type ScriptOrder = 'stop' | 'end'
