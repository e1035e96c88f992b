import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Prompt } from '../../../../src/prompt/prompt.ts'

/** What the history says about a prompt that ended. */
export interface Ended {
  readonly outputs: Readonly<Record<string, Readonly<Record<string, readonly never[]>>>>
  readonly status: {
    readonly status_str: string
    readonly messages: readonly (readonly [name: string, data: Readonly<Record<string, never>>])[]
  }
}

/** Posts a prompt as the page does; undefined where the server refuses it whole. */
export async function post(
  server: string,
  prompt: Prompt,
  extraData?: object,
): Promise<{ id: string; errors: object } | undefined> {
  const id = randomUUID()
  const response = await fetch(`${server}/prompt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt, prompt_id: id, client_id: 'inside', extra_data: extraData }),
  })
  if (!response.ok) return undefined
  return { id, errors: ((await response.json()) as { node_errors?: object }).node_errors ?? {} }
}

/** Waits for the end of a prompt. A server that loses its worker never tells one. */
export async function ended(server: string, id: string, milliseconds = 60_000): Promise<Ended> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(20)) {
    const history = (await (await fetch(`${server}/history/${id}`)).json()) as Record<string, Ended>
    if (history[id]) return history[id]
  }
  throw new Error(`the prompt ${id} has not ended after ${milliseconds} ms`)
}

/** Runs a prompt to its end. */
export async function runPrompt(server: string, prompt: Prompt, milliseconds?: number): Promise<Ended> {
  const posted = await post(server, prompt)
  if (!posted) throw new Error(`the server refuses ${JSON.stringify(prompt)}`)
  return ended(server, posted.id, milliseconds)
}

/** The error of a prompt that failed: which node, and what it said. */
export function failureOf({ status }: Ended): { node: string; message: string } | undefined {
  const told = status.messages.find(([name]) => name === 'execution_error')?.[1]
  return told && { node: told['node_id'] as unknown as string, message: told['exception_message'] as unknown as string }
}
