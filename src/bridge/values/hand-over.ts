import type { MessageConnection } from 'vscode-jsonrpc/node'
import { z } from 'zod'
import { isReferenceType } from '../../schema/reference-types.ts'
import { madeRoomSchema } from '../../schema/bridge.ts'
import type { NodeDefinitions } from '../../prompt/node-definitions.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import { postJson } from '../../server/http/http.ts'
import type { Call } from '../calls.ts'

const unloadedSchema = z.object({ v: z.literal(1), freed: z.int().nonnegative() })

/** Types that are made without weights of their own. */
const weightless: ReadonlySet<string> = new Set(['CONDITIONING', 'SAMPLER', 'NOISE', 'GUIDER', 'TIMESTEPS_RANGE'])

/** Whether a prompt loads models: some node gives one. */
export function usesModels(prompt: Prompt, definitions: NodeDefinitions): boolean {
  return Object.values(prompt).some(({ class_type }) =>
    definitions[class_type]?.output?.some(
      (type) => typeof type === 'string' && isReferenceType(type) && !weightless.has(type),
    ),
  )
}

/**
 * Does the work of a call that needs models: those of the outer server are unloaded before it, those of the nested one
 * after it, whether it went well or not. Says in words what that did.
 */
export async function withModels<Result>(
  connection: MessageConnection,
  call: Call,
  { models, isNeeded }: { readonly models: 'unload' | 'keep'; readonly isNeeded: boolean },
  work: () => Promise<Result>,
): Promise<{ result: Result; memory: string | null }> {
  if (!isNeeded) return { result: await work(), memory: null }
  if (models === 'keep') return { result: await work(), memory: 'Models stay loaded, outside and inside.' }
  const { freed } = madeRoomSchema.parse(await connection.sendRequest('makeRoom', { v: 1, call: call.id }))
  let result: Result
  try {
    result = await work()
  } catch (error) {
    // What went wrong is what has to be heard of.
    await unload(call).catch(() => undefined)
    throw error
  }
  const inside = await unload(call)
  const memory = `Models unloaded: ${inWords(freed)} outside before, ${inWords(inside)} inside after.`
  // A script may have needed none.
  return { result, memory: freed + inside > 0 ? memory : null }
}

/** Has the nested server unload its models, and waits for it. */
async function unload({ discomfort }: Call): Promise<number> {
  const response = await postJson(discomfort.connector.http, '/discomfort/unload', '{"v":1}', { repeatable: true })
  return unloadedSchema.parse(await response.json()).freed
}

function inWords(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`
}
