import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Prompt, PromptLink } from '../prompt/prompt.ts'
import { inferType } from './infer-type.ts'
import { portClass, portSource } from './port.ts'
import { isRunner, runnerOutputType } from './runner-node.ts'
import { isTemplate } from './template.ts'

export { isTemplate }

/** The type that an input takes, by its class's definition; `*` where the definitions do not tell (dotted dynamic inputs). */
export function inputType(definitions: NodeDefinitions, classType: string, input: string): string {
  return indexDefinitions(definitions)(classType)?.inputs.find(({ name }) => name === input)?.type ?? '*'
}

/** The type of an output, followed through ports to the node that makes it, and through what takes the type of its inputs. */
export function outputType(
  definitions: NodeDefinitions,
  prompt: Prompt,
  link: PromptLink,
): { type: string; isList: boolean } {
  const node = prompt[link[0]]
  if (node?.class_type === portClass) {
    const source = portSource(node)
    return source ? outputType(definitions, prompt, source) : { type: '*', isList: false }
  }
  if (node && isRunner(node.class_type)) return { type: runnerOutputType(node, link[1]), isList: false }
  const definition = node && indexDefinitions(definitions)(node.class_type)?.definition
  const raw = definition?.output?.[link[1]]
  const type = Array.isArray(raw) ? 'COMBO' : typeof raw === 'string' ? raw : '*'
  return {
    type: isTemplate(type) ? inferType([{ link }], prompt, definitions) : type,
    isList: definition?.output_is_list?.[link[1]] === true,
  }
}

/** Whether two socket types can be linked: equal, one wild, or a union (`INT,FLOAT`) that shares a member. */
export function typesAgree(one: string, other: string): boolean {
  if (one === other || isTemplate(one) || isTemplate(other)) return true
  const members = new Set(one.split(','))
  return other.split(',').some((member) => members.has(member))
}
