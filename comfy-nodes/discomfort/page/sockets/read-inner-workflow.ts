import { api } from '/scripts/api.js'
import type { Prompt } from '../../../../src/prompt/prompt.ts'
import type { Workflow } from '../../../../src/workflow/document.ts'

/** Reads the workflow that a node names. The error says what is wrong with it. */
export async function readInnerWorkflow(path: string): Promise<Workflow | Prompt> {
  const response = await api.fetchApi(`/discomfort/page/workflow?path=${encodeURIComponent(path)}`, {
    cache: 'no-store',
  })
  if (response.ok) return (await response.json()) as Workflow | Prompt
  const answer = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined
  throw new Error(answer?.error?.message ?? `The server does not give "${path}" (HTTP ${response.status}).`)
}
