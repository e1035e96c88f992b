import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Prompt } from '../src/prompt/prompt.ts'

/** What came of one prompt that was posted by hand. */
export interface HandPosted {
  /** The INT that its saver told. */
  readonly value: number | undefined
  /** The ids of the nodes that the server said it executes. */
  readonly executed: readonly string[]
}

/**
 * What somebody writes who knows ComfyUI well: one socket, one POST a prompt, the value out of the `executed` message.
 * `bare` posts past the pack, as one does who has nodes of their own.
 */
export async function openHandWritten(
  base: string,
  { bare = false }: { readonly bare?: boolean } = {},
): Promise<(write: (promptId: string) => Prompt) => Promise<HandPosted>> {
  const clientId = randomUUID()
  const socket = new WebSocket(`${base.replace('http', 'ws')}/ws?clientId=${clientId}`)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return async (write) => {
    const promptId = randomUUID()
    const executed: string[] = []
    let value: number | undefined
    const done = new Promise<void>((resolve, reject) => {
      const listen = (data: Buffer, isBinary: boolean) => {
        if (isBinary) return
        const { type, data: told } = JSON.parse(data.toString()) as { type: string; data: Record<string, unknown> }
        if (told['prompt_id'] !== promptId) return
        if (type === 'executing' && typeof told['node'] === 'string') executed.push(told['node'])
        if (type === 'executed' && !bare) value = Number((told['output'] as SaverOutput).discomfort[0].tree.int)
        if (type === 'execution_error') reject(new Error(String(told['exception_message'])))
        if (type !== 'execution_success') return
        socket.off('message', listen)
        resolve()
      }
      socket.on('message', listen)
    })
    const body = {
      prompt: write(promptId),
      prompt_id: promptId,
      client_id: clientId,
      extra_data: {},
      ...(bare ? {} : { discomfort: { v: 1, context: 'bench', reads: [], digests: {}, ram: 0, forget: [] } }),
    }
    const response = await fetch(base + (bare ? '/prompt' : '/discomfort/submit'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as { node_errors?: object }
    if (!response.ok || Object.keys(answer.node_errors ?? {}).length > 0) throw new Error(JSON.stringify(answer))
    await done
    return { value, executed }
  }
}

interface SaverOutput {
  readonly discomfort: readonly [{ readonly tree: { readonly int: string } }]
}
