import { isDiscomfortError } from '../../errors.ts'
import { readWorkflow, type ReadSource } from '../../files/read-workflow.ts'
import type { Finding } from '../../validate/finding.ts'
import { namedModels } from '../../validate/named-models.ts'
import { validateWorkflow } from '../../validate/validate-workflow.ts'
import { loadDefinitions, type DefinitionOptions, type LoadedDefinitions } from '../load-definitions.ts'
import { ok, problem, warning, type Check } from './check.ts'

/** What a workflow needs that is not there: node types, and model files with the sources that it names. */
export async function workflowChecks(source: string, options: DefinitionOptions): Promise<Check[]> {
  const read = await readWorkflow(source)
  const found = await orNothing(() => loadDefinitions(options))
  if ('problem' in found) return [found.problem, ...uncheckedModels(read)]
  const { definitions, origin, knowledge } = found
  const workflow = read.kind === 'workflow' ? read.workflow : read.prompt
  const { findings } = validateWorkflow(workflow, definitions, { ...knowledge, source: read.name })
  const types = missingTypes(findings)
  const models = missingModels(findings)
  return [
    ...(types.length > 0 ? types : [ok('Node types', `${read.name} uses none that are missing (${origin})`)]),
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

/** One problem for each type. */
function missingTypes(findings: readonly Finding[]): Check[] {
  const missing = findings.filter(({ code, severity }) => code === 'NODE_TYPE_MISSING' && severity === 'error')
  return grouped(missing, ({ classType }) => classType).map(([type, nodes]) => {
    const pack = nodes[0]?.pack
    const next =
      pack === undefined
        ? 'The workflow does not say which pack brings it: look it up at registry.comfy.org.'
        : `Install the pack ${pack}.`
    return problem('Node types', `"${type}" is missing (node ${nodes.map(({ node }) => node).join(', ')})`, next)
  })
}

/** One problem for each file. */
function missingModels(findings: readonly Finding[]): Check[] {
  const missing = findings.filter(({ code }) => code === 'MODEL_MISSING')
  return grouped(missing, ({ model }) => model?.name ?? '').map(([name, nodes]) => {
    const users = nodes.filter(({ node }) => node !== '').map(({ title, node }) => `"${title}" (node ${node})`)
    return problem('Models', `${name} is missing${forNodes(users)}`, howToGet(nodes[0]?.model ?? {}))
  })
}

function uncheckedModels(read: ReadSource): Check[] {
  const named = read.kind === 'workflow' ? namedModels(read.workflow) : []
  return named.map(({ name, nodes, ...from }) =>
    warning('Models', `${name} is needed; it was not checked whether it is there${forNodes(nodes)}`, howToGet(from)),
  )
}

function forNodes(nodes: readonly string[]): string {
  return nodes.length > 0 ? `, for ${nodes.join(', ')}` : ''
}

function howToGet({ url, directory }: { url?: string | undefined; directory?: string | undefined }): string {
  const folder = `models${directory === undefined ? '' : `/${directory}`} of ComfyUI`
  return url === undefined
    ? `The workflow names no source. Put the file into ${folder}, or choose another in the node.`
    : `Fetch ${url} into ${folder}.`
}

function grouped(findings: readonly Finding[], keyOf: (finding: Finding) => string): [key: string, Finding[]][] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const group = groups.get(keyOf(finding))
    if (group) group.push(finding)
    else groups.set(keyOf(finding), [finding])
  }
  return [...groups]
}
