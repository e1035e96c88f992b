import { validatorsSchema } from '../../schema/validators.ts'
import { request, type Http } from '../http/http.ts'

/** What a server tells of its node classes besides `/object_info`. */
export interface NodeKnowledge {
  /** Classes that check inputs themselves; undefined where the server does not have our pack. */
  readonly ownValidators?: Readonly<Record<string, readonly string[]>>
  /** The answer of `/node_replacements`; undefined where the server is older than that. */
  readonly replacements?: Readonly<Record<string, readonly Replacement[]>>
}

interface Replacement {
  readonly new_node_id: string
}

/** Asks a server what its definitions do not tell. What it does not know either is left out. */
export async function readNodeKnowledge(http: Http, signal?: AbortSignal): Promise<NodeKnowledge> {
  const [validators, replacements] = await Promise.all([
    readJson(http, '/discomfort/validators', signal),
    readJson(http, '/node_replacements', signal),
  ])
  const told = validatorsSchema.safeParse(validators)
  return {
    ...(told.success ? { ownValidators: told.data.classes } : {}),
    ...(isReplacements(replacements) ? { replacements } : {}),
  }
}

async function readJson(http: Http, path: string, signal: AbortSignal | undefined): Promise<unknown> {
  const response = await request(http, path, { small: true, ...(signal ? { signal } : {}) })
  if (response.ok) return response.json().catch(() => undefined)
  await response.body?.cancel()
  return undefined
}

function isReplacements(value: unknown): value is Readonly<Record<string, readonly Replacement[]>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(
    (list) =>
      Array.isArray(list) &&
      list.every((one: unknown) => typeof one === 'object' && one !== null && 'new_node_id' in one),
  )
}
