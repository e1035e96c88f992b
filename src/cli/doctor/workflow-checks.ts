import { isDiscomfortError } from '../../errors.ts'
import { readWorkflow } from '../../files/read-workflow.ts'
import { compileWorkflow } from '../../prompt/compile.ts'
import { indexDefinitions } from '../../prompt/definition-index.ts'
import type { NodeDefinitions } from '../../prompt/node-definitions.ts'
import type { Prompt } from '../../prompt/prompt.ts'
import type { Workflow } from '../../workflow/document.ts'
import { loadDefinitions, type DefinitionOptions, type LoadedDefinitions } from '../load-definitions.ts'
import { ok, problem, warning, type Check } from './check.ts'
import { isSameFile, namedModels, type NamedModel } from './named-models.ts'

const modelFile = /\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$/i

/** What a workflow needs that is not there: node types, and model files with the sources that it names. */
export async function workflowChecks(source: string, options: DefinitionOptions): Promise<Check[]> {
  const read = await readWorkflow(source)
  const workflow = read.kind === 'workflow' ? read.workflow : undefined
  const found = await orNothing(() => loadDefinitions(options))
  if ('problem' in found) return [found.problem, ...uncheckedModels(workflow)]
  const { definitions, origin } = found
  const missing = workflow
    ? missingTypes(workflow, definitions, read.name)
    : missingClasses(promptOf(read), definitions)
  const prompt = workflow ? compileWorkflow(workflow, definitions, { missingNodes: 'keep' }).prompt : promptOf(read)
  const models = missingModels(prompt, workflow, definitions)
  return [
    ...(missing.length > 0 ? missing : [ok('Node types', `${read.name} uses none that are missing (${origin})`)]),
    ...(models.length > 0 ? models : [ok('Models', `${read.name} uses none that are missing`)]),
  ]
}

async function orNothing(load: () => Promise<LoadedDefinitions>): Promise<LoadedDefinitions | { problem: Check }> {
  try {
    return await load()
  } catch (error) {
    if (!isDiscomfortError(error) || error.code === 'CONFIG_INVALID' || error.code === 'ABORTED') throw error
    return { problem: problem('Node types', `the workflow could not be checked: ${error.message}`) }
  }
}

function promptOf(read: Awaited<ReturnType<typeof readWorkflow>>): Prompt {
  return read.kind === 'prompt' ? read.prompt : {}
}

function missingTypes(workflow: Workflow, definitions: NodeDefinitions, source: string): Check[] {
  try {
    compileWorkflow(workflow, definitions, { source })
    return []
  } catch (error) {
    if (!isDiscomfortError(error, 'WORKFLOW_NODES_MISSING')) throw error
    return error.details.missing.map(({ type, nodes, pack }) =>
      problem(
        'Node types',
        `"${type}" is missing (node ${nodes.map(({ id }) => id).join(', ')})`,
        pack === undefined
          ? 'The workflow does not say which pack brings it: look it up at registry.comfy.org.'
          : `Install the pack ${pack}.`,
      ),
    )
  }
}

function missingClasses(prompt: Prompt, definitions: NodeDefinitions): Check[] {
  const index = indexDefinitions(definitions)
  return Object.entries(prompt)
    .filter(([, { class_type }]) => !index(class_type))
    .map(([id, { class_type }]) =>
      problem('Node types', `"${class_type}" is missing (node ${id})`, 'Look its pack up at registry.comfy.org.'),
    )
}

/** Model files that no list of the server has: those that nodes hold, and those that the workflow names. */
function missingModels(prompt: Prompt, workflow: Workflow | undefined, definitions: NodeDefinitions): Check[] {
  const index = indexDefinitions(definitions)
  const choices = Object.keys(definitions)
    .flatMap((type) => index(type)?.inputs ?? [])
    .flatMap((input) => input.choices ?? [])
    .filter((choice): choice is string => typeof choice === 'string' && modelFile.test(choice))
  const isThere = (name: string) => choices.some((choice) => isSameFile(choice, name))
  const named = workflow ? namedModels(workflow) : []
  const missing = named.filter(({ name }) => !isThere(name))
  for (const [id, { class_type, inputs, _meta }] of Object.entries(prompt)) {
    for (const spec of index(class_type)?.inputs ?? []) {
      const held = inputs[spec.name]
      if (typeof held !== 'string' || !spec.choices || !modelFile.test(held) || spec.choices.includes(held)) continue
      const node = `"${_meta?.title ?? class_type}" (node ${id})`
      if (!missing.some(({ name }) => isSameFile(held, name)))
        missing.push({ name: held, url: undefined, directory: undefined, nodes: [node] })
    }
  }
  return missing.map((model) => modelProblem(model, 'is missing'))
}

function uncheckedModels(workflow: Workflow | undefined): Check[] {
  const named = workflow ? namedModels(workflow) : []
  return named.map((model) => {
    const { name, message, next } = modelProblem(model, 'is needed; it was not checked whether it is there')
    return warning(name, message, next)
  })
}

function modelProblem({ name, url, directory, nodes }: NamedModel, what: string): Check {
  const where = nodes.length > 0 ? `, for ${nodes.join(', ')}` : ''
  const folder = `models${directory === undefined ? '' : `/${directory}`} of ComfyUI`
  const next =
    url === undefined
      ? `The workflow names no source. Put the file into ${folder}, or choose another in the node.`
      : `Fetch ${url} into ${folder}.`
  return problem('Models', `${name} ${what}${where}`, next)
}
