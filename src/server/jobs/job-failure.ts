import { DiscomfortError } from '../../errors.ts'
import type { Prompt, PromptNode } from '../../prompt/prompt.ts'
import { drawnNode, sentNode, type OriginOf } from './drawn-node.ts'
import type { JobEnd } from './job-record.ts'

/** The error for a job that did not succeed. `originOf` tells where a node of the prompt was drawn. */
export function jobFailure(
  end: Exclude<JobEnd, { kind: 'success' }>,
  prompt: Prompt,
  promptId: string,
  originOf?: OriginOf,
): DiscomfortError {
  if (end.kind === 'interrupted') {
    return new DiscomfortError('ABORTED', 'The run was interrupted on the server. Nothing of it was kept.', {
      details: { promptId, reason: 'interrupted' },
    })
  }
  const {
    node_id: id,
    node_type: classType,
    exception_type: exceptionType,
    exception_message: text,
    traceback,
  } = end.error
  const { node, title, workflow: where } = drawnNode(prompt, id, originOf)
  const exceptionMessage = text.trim()
  const place = `"${title}" (${classType}, node ${node}${where ? ` of ${where}` : ''})`
  const ours = packFailure(exceptionType, exceptionMessage, prompt[sentNode(prompt, id)], node)
  if (ours) return ours
  if (/OutOfMemory|^MemoryError$/.test(exceptionType)) {
    return new DiscomfortError(
      'OUT_OF_MEMORY',
      `${place} ran out of memory: ${exceptionMessage}\nUse smaller pictures or batches, or start ComfyUI with args: ['--lowvram'].`,
      { details: { node, title, classType, exceptionMessage, promptId } },
    )
  }
  return new DiscomfortError(
    'NODE_FAILED',
    `${place} failed: ${exceptionType}: ${exceptionMessage}\nMend the node's inputs; details.traceback says where it happened.`,
    {
      details: {
        node,
        title,
        classType,
        exceptionType,
        exceptionMessage,
        traceback: [...traceback],
        promptId,
        ...(where ? { workflow: where } : {}),
      },
    },
  )
}

/** What the nodes of our pack raise on purpose has codes of its own; its message is made for people. */
function packFailure(
  exceptionType: string,
  message: string,
  failed: PromptNode | undefined,
  node: string,
): DiscomfortError | undefined {
  const input = (name: string) => {
    const value = failed?.inputs[name]
    return typeof value === 'string' ? value : ''
  }
  const uniqueId = input('unique_id')
  const id = input('version') || uniqueId
  if (exceptionType.endsWith('.DiscomfortValueUnsupported')) {
    return new DiscomfortError('PORT_TYPE_UNSUPPORTED', message, {
      details: { uniqueId, type: input('type') || '*', node, reason: message },
    })
  }
  if (exceptionType.endsWith('.DiscomfortValueGone'))
    return new DiscomfortError('VALUE_GONE', message, { details: { id } })
  if (exceptionType.endsWith('.DiscomfortValueDamaged')) {
    return new DiscomfortError('VALUE_CORRUPT', message, { details: { id, reason: message } })
  }
  if (exceptionType.endsWith('.DiscomfortStoreFull')) return new DiscomfortError('STORE_FULL', message, { details: {} })
  return undefined
}
