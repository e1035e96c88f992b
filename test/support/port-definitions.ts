import type { NodeDefinition, NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import type { Prompt, PromptLink, PromptNode } from '../../src/prompt/prompt.ts'

/** Classes for tests of ports: each input and output by its type. */
export const definitions: NodeDefinitions = Object.fromEntries([
  define(
    'Sampler',
    { model: 'MODEL', seed: 'INT', cfg: 'FLOAT', name: 'STRING', tiled: 'BOOLEAN' },
    { LATENT: 'LATENT' },
  ),
  define('Number', { value: 'INT,FLOAT', choice: 'COMBO' }, { INT: 'INT', FLOAT: 'FLOAT' }),
  define('Picture', { image: 'IMAGE', mask: 'MASK' }, { IMAGE: 'IMAGE' }),
  define('Many', { image: 'IMAGE' }, { IMAGE: 'IMAGE', count: 'INT' }, [true, false]),
  define('Any', { anything: '*' }, { anything: '*' }),
  define('Matched', { any: 'COMFY_MATCHTYPE_V3' }, { out: 'COMFY_MATCHTYPE_V3' }),
  define('Model', {}, { MODEL: 'MODEL' }),
  define('Chooser', {}, { choice: ['a', 'b'] }),
])

function define(
  name: string,
  inputs: Record<string, string>,
  outputs: Record<string, unknown>,
  lists: boolean[] = [],
): [string, NodeDefinition] {
  const required = Object.fromEntries(Object.entries(inputs).map(([input, type]) => [input, [type, {}]]))
  return [
    name,
    {
      name,
      input: { required },
      output: Object.values(outputs),
      output_name: Object.keys(outputs),
      output_is_list: lists,
    },
  ]
}

/** A node of a prompt; its class is its title where none is given. */
export function node(classType: string, inputs: Record<string, unknown> = {}, title = classType): PromptNode {
  return { class_type: classType, inputs, _meta: { title } }
}

/** A port; with a source it is an OUTPUT or a PASSTHRU. */
export function port(uniqueId: string, source?: PromptLink, socket = 'value'): PromptNode {
  return node('DiscomfortPort', { unique_id: uniqueId, tags: '', ...(source ? { [socket]: source } : {}) }, uniqueId)
}

/** A prompt without what its widgets hold themselves. */
export function compiled(prompt: Prompt, drawn: Record<string, Record<string, unknown>> = {}) {
  return { prompt, drawn, warnings: [], seeds: [], promoted: [] }
}
