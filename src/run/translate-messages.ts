import type { EventNode } from '../events/event.ts'
import type { EventStream } from '../events/event-stream.ts'
import { logLevel } from '../events/log-level.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { drawnNode, sentNode, type OriginOf } from '../server/jobs/drawn-node.ts'
import type { JobPlace } from '../server/jobs/job-place.ts'
import type { PreviewFrame, TextFrame } from '../server/jobs/read-frame.ts'
import type { ServerMessage } from '../server/jobs/socket.ts'

/** Makes events of one prompt of what the server tells. */
export interface Translator {
  /** How many of its nodes were in the server's cache. */
  readonly cached: number
  queued(position: number | undefined): void
  /** Where the job was found when it was asked for: what the socket did not tell. */
  place(place: JobPlace): void
  message(message: ServerMessage): void
  preview(frame: PreviewFrame): void
  text(frame: TextFrame): void
  log(line: string): void
  finished(milliseconds: number): void
}

/**
 * Turns the server's messages about one prompt into events. Ids of nodes that a node made while it ran are mapped back
 * to the drawn node. The overall fraction is counted over the prompt's own nodes, since the server lists only those that
 * have started.
 */
export function createTranslator(
  prompt: Prompt,
  options: {
    readonly events: EventStream
    readonly workflowIndex: number
    readonly promptId: string
    readonly workflow: string
    readonly originOf?: OriginOf | undefined
  },
): Translator {
  const { events, workflowIndex, promptId, workflow, originOf } = options
  const total = Math.max(1, Object.keys(prompt).length)
  const finished = new Set<string>()
  const parts = new Map<string, number>()
  const begun = performance.now()
  let current: { readonly id: string; readonly since: number } | undefined
  let queuedAt: { readonly position: number | undefined } | undefined
  let startedAt: number | undefined
  let cached = 0

  /** The node of the prompt that a message is about. */
  function sent(data: Readonly<Record<string, unknown>>): string {
    return sentNode(prompt, String(data['display_node'] ?? data['display_node_id'] ?? data['node'] ?? data['node_id']))
  }

  /** As listeners know it: by its id in the workflow that it comes from. */
  function told(id: string): EventNode {
    const { node, title, classType } = drawnNode(prompt, id, originOf)
    return { node, title, classType }
  }

  /** The first message can overtake the answer to the submit. */
  function queued(position: number | undefined): void {
    if (queuedAt) return
    queuedAt = { position }
    events.emit('queued', workflowIndex, { promptId, workflow, position: position ?? null })
  }

  function started(): void {
    queued(0)
    if (startedAt !== undefined) return
    startedAt = performance.now()
    events.emit('started', workflowIndex, { promptId, waited: startedAt - begun })
  }

  function finishCurrent(): void {
    if (current === undefined || finished.has(current.id)) return
    const { id, since } = current
    finished.add(id)
    parts.delete(id)
    current = undefined
    const milliseconds = performance.now() - since
    events.emit('nodeFinished', workflowIndex, { ...told(id), overall: overall(), milliseconds })
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
    get cached() {
      return cached
    },
    queued,
    place({ state, position }) {
      if (state === 'running') started()
      if (state !== 'pending' || position === undefined || position === queuedAt?.position) return
      queuedAt = { position }
      events.emit('waiting', workflowIndex, { promptId, position })
    },
    message({ type, data }) {
      switch (type) {
        case 'execution_start':
          started()
          break
        case 'execution_cached': {
          const nodes = (Array.isArray(data['nodes']) ? (data['nodes'] as unknown[]) : []).map((node) => sent({ node }))
          cached = nodes.length
          for (const node of nodes) finished.add(node)
          if (nodes.length > 0) events.emit('cached', workflowIndex, { nodes: nodes.map(told) })
          break
        }
        case 'executing': {
          const node = data['node'] === null ? undefined : sent(data)
          // Nodes that a node made while it ran count as that node.
          if (node !== undefined && node === current?.id) break
          finishCurrent()
          if (node === undefined) break
          current = { id: node, since: performance.now() }
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
    text({ node, text }) {
      events.emit('text', workflowIndex, { ...told(sent({ node })), text })
    },
    log(line) {
      events.emit('log', workflowIndex, { level: logLevel(line), text: line })
    },
    finished(milliseconds) {
      queued(undefined)
      finishCurrent()
      const ran = startedAt === undefined ? milliseconds : performance.now() - startedAt
      events.emit('finished', workflowIndex, { promptId, milliseconds, ran })
    },
  }
}
