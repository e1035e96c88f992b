import { isDiscomfortError } from '../../../src/errors.ts'
import { workflowToPrompt } from '../../../src/prompt/workflow-to-prompt.ts'
import type { Workflow } from '../../../src/workflow/document.ts'
import { comparePrompts } from './compare-prompts.ts'
import { exceptions } from './exceptions.ts'
import type { PageAnswer } from './oracle-page.ts'
import type { ParityServer } from './parity-server.ts'

/** How a workflow fared: what was compared, and each difference. Without differences all is well. */
export interface Verdict {
  /**
   * `equal` also where there are differences: the prompts were compared. `unknown nodes`: the workflow had to be refused.
   * `page threw`: the page gave nothing to compare with.
   */
  readonly kind: 'compared' | 'unknown nodes' | 'page threw'
  readonly differences: readonly string[]
}

/** Compares our conversion of a workflow with the page's. */
export function checkConversion(
  workflow: Workflow,
  answer: PageAnswer,
  { definitions, frontend }: Pick<ParityServer, 'definitions' | 'frontend'>,
): Verdict {
  const options = { now: new Date(answer.at), frontend, ...exceptions.choices }
  let missing: readonly string[] = []
  try {
    const { prompt } = workflowToPrompt(workflow, definitions, options)
    if (answer.output) return { kind: 'compared', differences: comparePrompts(prompt, answer.output) }
  } catch (error) {
    if (!isDiscomfortError(error, 'WORKFLOW_NODES_MISSING'))
      return { kind: 'compared', differences: [`threw ${String(error)}`] }
    missing = error.details.missing.map(({ type }) => type)
  }
  if (!answer.output) {
    const isKnown = exceptions.isDanglingLink(answer.error ?? '')
    return { kind: 'page threw', differences: isKnown ? [] : [`the page ended with ${answer.error}`] }
  }
  const wrong = missing.filter((type) => Object.hasOwn(definitions, type))
  const kept = workflowToPrompt(workflow, definitions, { ...options, missingNodes: 'keep' }).prompt
  return {
    kind: 'unknown nodes',
    differences: [
      ...wrong.map((type) => `"${type}" was called unknown`),
      ...missing
        .filter((type) => !Object.values(kept).some(({ class_type }) => class_type === type))
        .map((type) => `"${type}" was not kept`),
    ],
  }
}
