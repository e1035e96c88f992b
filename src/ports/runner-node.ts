import type { PromptNode } from '../prompt/prompt.ts'

/** The classes of our pack that run workflows: their sockets stand for ports of these. */
const runnerClasses: ReadonlySet<string> = new Set([
  'DiscomfortTestRunner',
  'DiscomfortLoop',
  'DiscomfortSwitch',
  'DiscomfortScript',
])

/** What the page writes into the widget `ports`: id and type of the port behind each socket. */
interface WrittenPorts {
  readonly outputs?: unknown
}

/** Whether a node of this class runs workflows. All its outputs are lists to ComfyUI, since a port may give one. */
export function isRunner(classType: string): boolean {
  return runnerClasses.has(classType)
}

/** The type of an output of such a node, as the page wrote it down; `*` where it did not. */
export function runnerOutputType({ inputs }: PromptNode, slot: number): string {
  const type = portTypes(inputs['ports'])[slot]
  return typeof type === 'string' && type !== '' ? type : '*'
}

function portTypes(text: unknown): unknown[] {
  if (typeof text !== 'string' || text === '') return []
  try {
    const { outputs } = JSON.parse(text) as WrittenPorts
    return Array.isArray(outputs) ? outputs.map((port: unknown) => (Array.isArray(port) ? port[1] : undefined)) : []
  } catch {
    // Somebody wrote into it by hand; the node itself says so when it runs.
    return []
  }
}
