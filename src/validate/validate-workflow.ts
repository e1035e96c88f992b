import { DiscomfortError, isDiscomfortError } from '../errors.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { Workflow } from '../workflow/document.ts'
import { parseWorkflow } from '../workflow/parse.ts'
import { checkDrawing } from './check-drawing.ts'
import { checkModels } from './check-models.ts'
import { checkPrompt } from './check-prompt.ts'
import { readNodes } from './checked-node.ts'
import { convert, type Converted } from './convert.ts'
import type { Draft, Finding } from './finding.ts'
import { locateInPrompt, locateInWorkflow, type Locate } from './locate.ts'
import { isSameFile, namedModels, type NamedModel } from './named-models.ts'
import { nearestChoices } from './nearest-choices.ts'
import type { ValidateOptions } from './validate-options.ts'

/**
 * Finds everything that can be known to be wrong with a workflow or a prompt before it is sent, all at once: node types
 * and models that the server lacks, inputs without a value, links that lead nowhere or do not fit, values out of range
 * or not among the choices, values that the server would bend, circles, chains too long for it. Errors are what the
 * server refuses; what it takes without a word, and what only the node itself can judge, are warnings. A workflow
 * without errors can be sent.
 *
 * `nodeDefinitions` is the answer of `/object_info`. Lists of models change with the files, so take a fresh one.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_INVALID` if it is neither a workflow nor a prompt, or unfolds to too much.
 * @example
 * const { findings } = validateWorkflow(workflow, await connector.nodeDefinitions())
 * for (const { severity, code, message } of findings) console.log(severity, code, message)
 */
export function validateWorkflow(
  workflow: Workflow | Prompt,
  nodeDefinitions: NodeDefinitions,
  options: ValidateOptions = {},
): { findings: readonly Finding[] } {
  const parsed = parseWorkflow(workflow)
  const place = (locate: Locate, prompt: Prompt, drafts: readonly Draft[]): Finding[] =>
    drafts.map((draft) => placed(draft, locate, prompt, options.source))
  if (parsed.kind === 'prompt') {
    const drafts = check({ prompt: parsed.prompt, missing: unknownTypes, remarks: [] }, nodeDefinitions, options, [])
    return { findings: place(locateInPrompt, parsed.prompt, drafts) }
  }
  const drawn = parsed.workflow
  const converted = orCycle(() => convert(drawn, nodeDefinitions, options.source))
  if (converted instanceof DiscomfortError) return { findings: place(() => undefined, {}, [selfContained(converted)]) }
  const drafts = check(converted, nodeDefinitions, options, namedModels(drawn))
  const dangling = checkDrawing(drawn).map((finding) => withFile(finding, options.source))
  return { findings: [...place(locateInWorkflow(drawn, nodeDefinitions), converted.prompt, drafts), ...dangling] }
}

const unknownTypes: Converted['missing'] = { isLoose: () => false, packOf: () => undefined }

function check(
  { prompt, missing, remarks }: Converted,
  definitions: NodeDefinitions,
  options: ValidateOptions,
  named: readonly NamedModel[],
): readonly Draft[] {
  const modelSource = (file: string) => named.find(({ name }) => isSameFile(file, name))
  const nodes = readNodes(prompt, definitions, options)
  const context = { nodes, nearest: nearestChoices(), classes: Object.keys(definitions), modelSource }
  const drafts = checkPrompt(context, missing)
  return [...drafts, ...checkModels(named, drafts, definitions), ...remarks]
}

function orCycle(work: () => Converted): Converted | DiscomfortError<'WORKFLOW_CYCLE'> {
  try {
    return work()
  } catch (error) {
    if (isDiscomfortError(error, 'WORKFLOW_CYCLE')) return error
    throw error
  }
}

function selfContained({ message, details }: DiscomfortError<'WORKFLOW_CYCLE'>): Draft {
  return { severity: 'error', code: 'CYCLE', node: details.nodes[0] ?? '', title: '', classType: '', message }
}

function placed(draft: Draft, locate: Locate, prompt: Prompt, source: string | undefined): Finding {
  const { node, input } = draft
  const inputs = Object.hasOwn(prompt, node) ? prompt[node]?.inputs : undefined
  const value = input !== undefined && inputs && Object.hasOwn(inputs, input) ? inputs[input] : undefined
  const path = node === '' ? undefined : locate(node, input, value)
  return withFile(path === undefined ? draft : { ...draft, path }, source)
}

function withFile(finding: Finding, file: string | undefined): Finding {
  return file === undefined ? finding : { ...finding, file }
}
