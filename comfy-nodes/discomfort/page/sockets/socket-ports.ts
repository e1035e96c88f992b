/** A port that a socket stands for: its id and its ComfyUI type. */
export type SocketPort = readonly [id: string, type: string]

/** What the sockets of a node stand for: `input_0` for the first of the inputs, and so on. */
export interface SocketPorts {
  readonly inputs: readonly SocketPort[]
  readonly outputs: readonly SocketPort[]
}

export const noPorts: SocketPorts = { inputs: [], outputs: [] }

/** How many sockets the server declares on each side. */
export const mostSockets = 32

/** What the widget `ports` holds; undefined where that is nothing. */
export function parsePorts(text: string): SocketPorts | undefined {
  try {
    const told = JSON.parse(text) as Partial<Record<keyof SocketPorts, unknown>>
    return { inputs: listOf(told.inputs), outputs: listOf(told.outputs) }
  } catch {
    return undefined
  }
}

function listOf(told: unknown): SocketPort[] {
  if (!Array.isArray(told)) throw new TypeError('a list of ports is missing')
  return told.map((port: unknown) => {
    const [id, type] = port as SocketPort
    if (typeof id !== 'string' || typeof type !== 'string') throw new TypeError('a port is an id and a type')
    return [id, type] as const
  })
}

/** The ports of several workflows: each id once, with the type on which they agree. */
export function unionOf(all: readonly SocketPorts[]): SocketPorts {
  return {
    inputs: eachOnce(all.flatMap(({ inputs }) => inputs)),
    outputs: eachOnce(all.flatMap(({ outputs }) => outputs)),
  }
}

function eachOnce(ports: readonly SocketPort[]): SocketPort[] {
  const types = new Map<string, string>()
  for (const [id, type] of ports) {
    const before = types.get(id)
    types.set(id, before === undefined || before === '*' || before === type ? type : type === '*' ? before : '*')
  }
  return [...types]
}
