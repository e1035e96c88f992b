import type { SocketPort } from './socket-ports.ts'

/** Ports written as names with or without a type: `image: IMAGE, strength`. What is no name is left out: the server tells. */
export function namedPorts(text: string): SocketPort[] {
  const types = new Map<string, string>()
  for (const part of text.split(/[,\n]/)) {
    const [name = '', type = ''] = part.split(':').map((piece) => piece.trim())
    if (name !== '' && !types.has(name)) types.set(name, type || '*')
  }
  return [...types]
}
