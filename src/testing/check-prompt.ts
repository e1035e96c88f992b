import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt, PromptNode } from '../prompt/prompt.ts'

/** What ComfyUI finds wrong with a prompt: a refusal of all of it, or errors of nodes while other outputs run. */
export interface PromptProblems {
  readonly refusal?: { readonly type: string; readonly message: string }
  readonly nodeErrors: Readonly<Record<string, unknown>>
}

interface NodeProblem {
  readonly type: string
  readonly message: string
  readonly details: string
  readonly extra_info: { readonly input_name: string }
}

/** The simple ones of ComfyUI's checks: known classes, an output, and what each output needs has its required inputs. */
export function checkPrompt(prompt: Prompt, definitions: NodeDefinitions): PromptProblems {
  const isOurs = (classType: string) => classType.startsWith('Discomfort')
  for (const { class_type } of Object.values(prompt)) {
    if (!definitions[class_type] && !isOurs(class_type))
      return {
        refusal: { type: 'missing_node_type', message: `The class ${class_type} is not there` },
        nodeErrors: {},
      }
  }
  const outputs = Object.keys(prompt).filter((id) => {
    const classType = prompt[id]?.class_type ?? ''
    return isOurs(classType) ? classType.endsWith('Saver') : definitions[classType]?.output_node === true
  })
  if (outputs.length === 0)
    return { refusal: { type: 'prompt_no_outputs', message: 'The prompt has no outputs' }, nodeErrors: {} }
  const nodeErrors: Record<string, { errors: NodeProblem[]; dependent_outputs: string[]; class_type: string }> = {}
  const bad = outputs.filter((output) => {
    const found = [...ancestors(prompt, output)].flatMap((id) => {
      const node = prompt[id] as PromptNode
      const errors = problemsOf(node, definitions)
      return errors.length > 0 ? [{ id, node, errors }] : []
    })
    for (const { id, node, errors } of found) {
      const known = nodeErrors[id]?.dependent_outputs ?? []
      nodeErrors[id] = { errors, dependent_outputs: [...known, output], class_type: node.class_type }
    }
    return found.length > 0
  })
  if (bad.length < outputs.length) return { nodeErrors }
  const message = 'No output passes'
  return { refusal: { type: 'prompt_outputs_failed_validation', message }, nodeErrors }
}

function problemsOf({ class_type, inputs }: PromptNode, definitions: NodeDefinitions): NodeProblem[] {
  const required = (definitions[class_type]?.input?.required ?? {}) as Readonly<Record<string, unknown>>
  return Object.entries(required).flatMap(([name, spec]) => {
    const problem = (type: string, message: string, details = name): NodeProblem => ({
      type,
      message,
      details,
      extra_info: { input_name: name },
    })
    const value = inputs[name]
    if (value === undefined) return [problem('required_input_missing', 'A required input is missing')]
    const { min, max } = (Array.isArray(spec) ? (spec[1] ?? {}) : {}) as { min?: number; max?: number }
    if (typeof value !== 'number') return []
    if (min !== undefined && value < min) return [problem('value_smaller_than_min', 'The value is too small')]
    if (max !== undefined && value > max) return [problem('value_bigger_than_max', 'The value is too big')]
    return []
  })
}

/** A node and all that it takes from. */
function ancestors(prompt: Prompt, id: string, seen = new Set<string>()): Set<string> {
  if (seen.has(id) || !prompt[id]) return seen
  seen.add(id)
  for (const value of Object.values(prompt[id].inputs))
    if (Array.isArray(value) && typeof value[0] === 'string') ancestors(prompt, value[0], seen)
  return seen
}
