import type { NodeRole } from './graph.ts'

/** Node types that only the page knows. They are never sent; links through the rerouting ones are joined. */
const virtualTypes: ReadonlySet<string> = new Set([
  'Reroute',
  'Reroute (rgthree)',
  'ReroutePrimitive|pysssss',
  'Note',
  'MarkdownNote',
  'GetNode',
  'SetNode',
  'easy getNode',
  'easy setNode',
  'Label (rgthree)',
  'Bookmark (rgthree)',
  'Fast Muter (rgthree)',
  'Fast Bypasser (rgthree)',
  'Fast Groups Muter (rgthree)',
  'Fast Groups Bypasser (rgthree)',
  'Fast Actions Button (rgthree)',
  'Node Collector (rgthree)',
  'Random Unmuter (rgthree)',
  'Mute / Bypass Relay (rgthree)',
  'Mute / Bypass Repeater (rgthree)',
])

/** What a node is to the conversion. A class of the server wins over a page-only type of the same name. */
export function nodeRole(type: string, onServer: boolean): NodeRole {
  if (onServer) return 'server'
  if (type === 'PrimitiveNode') return 'primitive'
  return virtualTypes.has(type) ? 'virtual' : 'missing'
}
