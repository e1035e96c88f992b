import type { EventNode } from '../events/event.ts'
import type { EventStream } from '../events/event-stream.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { drawnNode, sentNode, type OriginOf } from '../server/jobs/drawn-node.ts'
import type { PreviewFrame, ServerMessage } from '../server/jobs/socket.ts'

/**
 * Turns the server's messages about one prompt into events. Ids of nodes that a node made while it ran are mapped back
 * to the drawn node. The overall fraction is counted over the prompt's own nodes, since the server lists only those that
 * have started.
 */
export function createTranslator(
  prompt: Prompt,
  events: EventStream,
  workflowIndex: number,
  originOf?: OriginOf,
): { message(message: ServerMessage): void; preview(frame: PreviewFrame): void } {
  const total = Math.max(1, Object.keys(prompt).length)
  const finished = new Set<string>()
  const parts = new Map<string, number>()
  let current: string | undefined

  /** The node of the prompt that a message is about. */
  function sent(data: Readonly<Record<string, unknown>>): string {
    return sentNode(prompt, String(data['display_node'] ?? data['display_node_id'] ?? data['node'] ?? data['node_id']))
  }

  /** As listeners know it: by its id in the workflow that it comes from. */
  function told(id: string): EventNode {
    const { node, title, classType } = drawnNode(prompt, id, originOf)
    return { node, title, classType }
  }

  function finishCurrent(): void {
    if (current === undefined || finished.has(current)) return
    finished.add(current)
    parts.delete(current)
    events.emit('nodeFinished', workflowIndex, { ...told(current), overall: overall() })
    current = undefined
  }

  function overall(): number {
    let sum = finished.size
    for (const part of parts.values()) sum += part
    return Math.min(1, sum / total)
  }

  function step(node: string, value: number, max: number): void {
    if (!(max > 0)) return
    parts.set(node, Math.min(1, value / max))
    events.emit('progress', workflowIndex, { ...told(node), value, max, overall: overall() })
  }

  return {
    message({ type, data }) {
      switch (type) {
        case 'execution_start':
          events.emit('started', workflowIndex, { promptId: String(data['prompt_id']) })
          break
        case 'execution_cached': {
          const nodes = (Array.isArray(data['nodes']) ? (data['nodes'] as unknown[]) : []).map((node) => sent({ node }))
          for (const node of nodes) finished.add(node)
          if (nodes.length > 0) events.emit('cached', workflowIndex, { nodes: nodes.map(told) })
          break
        }
        case 'executing': {
          const node = data['node'] === null ? undefined : sent(data)
          // Nodes that a node made while it ran count as that node.
          if (node !== undefined && node === current) break
          finishCurrent()
          if (node === undefined) break
          current = node
          events.emit('nodeStarted', workflowIndex, told(node))
          break
        }
        case 'progress':
          step(sent(data), Number(data['value']), Number(data['max']))
          break
        case 'execution_success':
          finishCurrent()
          break
      }
    },
    preview({ node, mediaType, bytes }) {
      events.emit('preview', workflowIndex, { ...told(sent({ node })), mediaType, bytes })
    },
  }
}
