import type { PageNode } from '../comfy/types.ts'

export type PortMode = 'INPUT' | 'OUTPUT' | 'PASSTHRU'

/** A port node as the page shows it. */
export interface SeenPort {
  readonly node: PageNode
  /** Undefined where nothing is linked to it; muted and bypassed ones are not told at all. */
  readonly mode: PortMode | undefined
  readonly uniqueId: string
  /** What its links say, `*` where they do not. */
  readonly type: string
  readonly title: string
  /** What keeps it from working, in few words and in full. */
  readonly problem: Problem | undefined
}

export interface Problem {
  readonly short: string
  readonly long: string
}
