import type { Prompt, PromptNode } from '../../../src/prompt/prompt.ts'

/** Our port node in a prompt. With `value` it takes something out, without it brings something in. */
export function port(uniqueId: string, value?: readonly [string, number]): PromptNode {
  return {
    class_type: 'DiscomfortPort',
    inputs: { unique_id: uniqueId, tags: '', ...(value ? { value } : {}) },
    _meta: { title: `Port ${uniqueId}` },
  }
}

/** A node in a prompt, titled by its class. */
export function node(classType: string, inputs: Record<string, unknown> = {}): PromptNode {
  return { class_type: classType, inputs, _meta: { title: classType } }
}

/** A prompt that hands a value of any type through one node: INPUT port `in`, OUTPUT port `out`. */
export function through(classType: string, input: string, more: Record<string, unknown> = {}): Prompt {
  return { in: port('in'), node: node(classType, { [input]: ['in', 0], ...more }), out: port('out', ['node', 0]) }
}
