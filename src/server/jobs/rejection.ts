import { DiscomfortError, type RejectedNode } from '../../errors.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import { namesOf } from './drawn-node.ts'

/** What `POST /prompt` answers, in the forms that old and new releases use. */
export interface PromptAnswer {
  readonly prompt_id?: string
  readonly error?: string | { readonly type?: string; readonly message?: string; readonly details?: string }
  readonly node_errors?: Readonly<Record<string, NodeErrors>> | readonly unknown[]
}

interface NodeErrors {
  readonly class_type?: string
  readonly errors?: readonly {
    type?: string
    message?: string
    details?: string
    extra_info?: { input_name?: string }
  }[]
}

/** The nodes that an answer complains about, with their titles in the workflow. */
function rejectedNodes(answer: PromptAnswer, prompt: Prompt): RejectedNode[] {
  if (!answer.node_errors || Array.isArray(answer.node_errors)) return []
  return Object.entries(answer.node_errors as Record<string, NodeErrors>).map(([node, told]) => {
    const { title, classType } = namesOf(prompt, node)
    const errors = (told.errors ?? []).map((error) => ({
      type: error.type ?? '',
      message: error.message ?? '',
      details: error.details ?? '',
      ...(error.extra_info?.input_name ? { input: error.extra_info.input_name } : {}),
    }))
    return { node, title, classType: told.class_type ?? classType, errors }
  })
}

/** The error for a prompt that the server refuses, wholly (HTTP 400) or in part (HTTP 200 with node errors). */
export function rejection(
  answer: PromptAnswer,
  prompt: Prompt,
  promptId: string,
  status: number,
): DiscomfortError<'PROMPT_REJECTED'> {
  const nodes = rejectedNodes(answer, prompt)
  const error = typeof answer.error === 'string' ? { message: answer.error } : answer.error
  const whole = [error?.message, error?.details].filter((text) => text).join(': ')
  const lines = nodes.flatMap((node) =>
    node.errors.map(
      (one) =>
        `  "${node.title}" (${node.classType}, node ${node.node})${one.input ? `, input ${one.input}` : ''}: ${[one.message, one.details].filter((text) => text).join(': ')}`,
    ),
  )
  const reason = whole || (lines.length > 0 ? 'some of its nodes do not pass' : `HTTP ${status}`)
  const message = [
    `ComfyUI refuses the prompt: ${reason}.`,
    ...lines,
    'Change these inputs in the workflow or by address, then run it again.',
  ].join('\n')
  return new DiscomfortError('PROMPT_REJECTED', message, {
    details: { reason, ...(error && 'type' in error && error.type ? { type: error.type } : {}), nodes, promptId },
  })
}
