import { filesAnswerSchema, type NotedFiles } from '../../schema/noted-files.ts'
import { postJson, type Http } from '../http/http.ts'

/** It changes nothing, so it may be asked again. */
const asking = { small: true, repeatable: true } as const

/**
 * Asks the pack in which state the files are that names in a prompt stand for: models, inputs, and what was saved before.
 * Names of no file are left out; a server without the pack, or with an older one, knows of none.
 */
export async function noteFiles(http: Http, names: readonly string[]): Promise<NotedFiles> {
  const response = await postJson(http, '/discomfort/files', JSON.stringify({ v: 1, names }), asking)
  if (response.ok) return filesAnswerSchema.safeParse(await response.json().catch(() => undefined)).data?.files ?? {}
  await response.body?.cancel()
  return {}
}

/** Which of the files that went with a submit are in another state now, as the pack's answer tells. */
export function changedFiles({ headers }: Response): readonly string[] {
  try {
    const told: unknown = JSON.parse(headers.get('x-discomfort-changed') ?? '[]')
    return Array.isArray(told) ? told.map(String) : []
  } catch {
    return []
  }
}
