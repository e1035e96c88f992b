import { nodeColors } from '../comfy/lite-graph.ts'
import type { SeenPort } from './seen-port.ts'

/** The colours of a node and of its badge. */
export interface PortColors {
  readonly color: string | undefined
  readonly bgcolor: string | undefined
  readonly badge: { readonly fgColor: string; readonly bgColor: string }
}

/** The page's own colours: people know them, and every palette has them. */
const names = { INPUT: 'green', OUTPUT: 'blue', PASSTHRU: 'purple' } as const
const badges = {
  INPUT: { fgColor: '#d5f5d9', bgColor: '#2f6b3c' },
  OUTPUT: { fgColor: '#d9e4ff', bgColor: '#3a559e' },
  PASSTHRU: { fgColor: '#f0dcff', bgColor: '#6d3f8f' },
  idle: { fgColor: '#bbbbbb', bgColor: '#404040' },
  problem: { fgColor: '#ffe3e0', bgColor: '#a3312a' },
} as const

export function portColors({ mode, problem }: Pick<SeenPort, 'mode' | 'problem'>): PortColors {
  const own = problem ? nodeColors()['red'] : mode && nodeColors()[names[mode]]
  return { color: own?.color, bgcolor: own?.bgcolor, badge: badges[problem ? 'problem' : (mode ?? 'idle')] }
}
