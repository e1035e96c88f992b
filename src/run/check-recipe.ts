import type { Recipe } from '../context/recipe.ts'
import { Reference } from '../context/reference.ts'
import { DiscomfortError } from '../errors.ts'
import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { typeName } from '../prompt/type-name.ts'
import { validateWorkflow } from '../validate/validate-workflow.ts'
import { checkDepth } from './check-depth.ts'
import type { PassByChoice } from './pass-by.ts'

/**
 * Checks how a value is made at the moment when it is captured, since nothing runs now and errors would come up in
 * another workflow. Gives warnings about what costs time again wherever the value is used.
 *
 * @throws {@link DiscomfortError} `PROMPT_TOO_DEEP`, `REFERENCE_INVALID`, `REFERENCE_COSTS` for paid nodes unless the call names the key
 */
export function checkRecipe(
  key: string,
  recipe: Recipe,
  definitions: NodeDefinitions,
  choice: PassByChoice | undefined,
): readonly string[] {
  const reference = new Reference(recipe)
  const prompt = reference.toPrompt(key)
  checkDepth(prompt, `The reference "${key}"`)
  const { nodes } = reference
  const { findings } = validateWorkflow(prompt, definitions)
  const problems = findings.flatMap(({ severity, node, title, message }) => {
    if (severity !== 'error') return []
    return [{ ...placeOf(nodes, node), title, message }]
  })
  if (problems.length > 0) throw invalid(key, recipe.type, problems)
  const isNamed = typeof choice === 'object' && choice[key] === 'ref'
  const paid = nodes.filter(({ classType }) => definitions[classType]?.['api_node'] === true)
  if (paid.length > 0 && !isNamed) throw costs(key, paid)
  return nodes
    .filter(({ classType }) => samples(classType, definitions))
    .map(
      ({ workflow, node, title }) =>
        `"${key}" goes by reference and holds the sampler "${title}" (node ${node} of ${workflow}): it may run again wherever the value is used.`,
    )
}

/** Nodes of the prompt that is checked are numbered in the order of the reference's. */
function placeOf(nodes: Reference['nodes'], node: string): { readonly node: string; readonly workflow: string } {
  const origin = nodes[Number(node) - 1]
  return { node: origin?.node ?? node, workflow: origin?.workflow ?? '' }
}

/** A node that works for long: it takes a model and gives a latent. */
function samples(classType: string, definitions: NodeDefinitions): boolean {
  const spec = indexDefinitions(definitions)(classType)
  const givesLatent = spec?.definition.output?.some((type) => typeName(type) === 'LATENT')
  return givesLatent === true && spec?.inputs.some(({ type }) => type === 'MODEL' || type === 'GUIDER') === true
}

type Problem = DiscomfortError<'REFERENCE_INVALID'>['details']['problems'][number]

function invalid(key: string, type: string, problems: Problem[]): DiscomfortError<'REFERENCE_INVALID'> {
  const lines = problems.map(
    ({ workflow, node, title, message }) => `"${title}" (node ${node} of ${workflow}): ${message}`,
  )
  return new DiscomfortError(
    'REFERENCE_INVALID',
    `"${key}" (${type}) cannot be made:\n${lines.join('\n')}\nMend the workflow that makes it.`,
    { details: { key, problems } },
  )
}

function costs(key: string, paid: Reference['nodes']): DiscomfortError<'REFERENCE_COSTS'> {
  const names = paid.map(
    ({ title, classType, node, workflow }) => `"${title}" (${classType}, node ${node} of ${workflow})`,
  )
  return new DiscomfortError(
    'REFERENCE_COSTS',
    `"${key}" would go by reference, and with it the paid ${names.join(', ')}, which may run and cost again wherever the value is used. Pass it as data (passBy: 'val'), or allow it with passBy: { ${JSON.stringify(key)}: 'ref' }.`,
    {
      details: {
        key,
        nodes: paid.map(({ node, title, classType, workflow }) => ({ node, title, classType, workflow })),
      },
    },
  )
}
