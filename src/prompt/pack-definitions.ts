import type { NodeDefinitions } from './node-definitions.ts'

/** The class of the port nodes that people put into workflows. */
export const portClass = 'DiscomfortPort'

/** How many sockets a node that runs workflows has on each side. */
const mostSockets = 32

const numbers = Array.from({ length: mostSockets }, (_, index) => index)
const text = ['STRING', { default: '' }]
const models = [['unload', 'keep'], { default: 'unload' }]

/** A node that runs workflows: its own widgets, then those and the sockets that all of them have. */
function runner(
  name: string,
  displayName: string,
  own: Readonly<Record<string, unknown[]>>,
  more: Readonly<Record<string, unknown[]>> = { ports: text },
): NodeDefinitions[string] {
  const required = { ...own, models }
  const sockets = Object.fromEntries(numbers.map((number) => [`input_${number}`, ['*', { lazy: true }]]))
  const optional = { ...more, ...sockets }
  return {
    name,
    display_name: displayName,
    category: 'discomfort',
    input: { required, optional, hidden: { dynprompt: 'DYNPROMPT', unique_id: 'UNIQUE_ID' } },
    input_order: { required: Object.keys(required), optional: Object.keys(optional) },
    is_input_list: true,
    output: numbers.map(() => '*'),
    output_is_list: numbers.map(() => true),
    output_name: numbers.map((number) => `output_${number}`),
    output_node: true,
    python_module: 'custom_nodes.discomfort',
  }
}

/**
 * The node classes of our own pack, as its server would describe them.
 * They lie under a server's own definitions, so that workflows with ports convert where the pack is not installed.
 */
export const packDefinitions: NodeDefinitions = {
  [portClass]: {
    name: portClass,
    display_name: 'Discomfort port',
    category: 'discomfort',
    input: {
      required: { unique_id: ['STRING', { default: '' }] },
      optional: { tags: ['STRING', { default: '' }], value: ['*'] },
    },
    input_order: { required: ['unique_id'], optional: ['tags', 'value'] },
    is_input_list: true,
    output: ['*'],
    output_is_list: [true],
    output_name: ['value'],
    output_node: true,
    python_module: 'custom_nodes.discomfort',
  },
  DiscomfortContextLoader: {
    name: 'DiscomfortContextLoader',
    display_name: 'Discomfort context loader',
    category: 'discomfort',
    input: { required: { version: ['STRING', { default: '' }] } },
    input_order: { required: ['version'] },
    output: ['*'],
    output_is_list: [true],
    output_name: ['value'],
    output_node: false,
    python_module: 'custom_nodes.discomfort',
  },
  DiscomfortContextSaver: {
    name: 'DiscomfortContextSaver',
    display_name: 'Discomfort context saver',
    category: 'discomfort',
    input: {
      required: {
        value: ['*'],
        unique_id: ['STRING', { default: '' }],
        type: ['STRING', { default: '*' }],
        run: ['STRING', { default: '' }],
      },
      optional: { is_list: ['BOOLEAN', { default: false }], resident: ['BOOLEAN', { default: false }] },
    },
    input_order: { required: ['value', 'unique_id', 'type', 'run'], optional: ['is_list', 'resident'] },
    is_input_list: true,
    output: [],
    output_is_list: [],
    output_name: [],
    output_node: true,
    python_module: 'custom_nodes.discomfort',
  },
  DiscomfortTestRunner: runner('DiscomfortTestRunner', 'Run workflow', { workflow_path: text }),
  DiscomfortLoop: runner('DiscomfortLoop', 'Loop workflow', {
    workflow_path: text,
    iterations: ['INT', { default: 5, min: 1, max: 10_000 }],
    feedback: ['STRING', { default: '', multiline: true, placeholder: 'output -> input' }],
    until: ['STRING', { default: '', placeholder: 'score >= 0.8' }],
    index: ['STRING', { default: '', placeholder: "INPUT port for the round's number" }],
    results: [['last', 'list', 'batch'], { default: 'last' }],
  }),
  DiscomfortSwitch: runner(
    'DiscomfortSwitch',
    'Switch workflow',
    {
      choice: text,
      workflows: ['STRING', { default: '', multiline: true, placeholder: 'value: path' }],
    },
    { by: ['STRING,INT,FLOAT,BOOLEAN', { forceInput: true }], ports: text },
  ),
  DiscomfortScript: runner(
    'DiscomfortScript',
    'Run script',
    {
      script: ['STRING', { default: '', multiline: true }],
      inputs: ['STRING', { default: '', placeholder: 'image: IMAGE, strength: FLOAT' }],
      outputs: ['STRING', { default: '', placeholder: 'image: IMAGE, score: FLOAT' }],
      pure: ['BOOLEAN', { default: false }],
    },
    {},
  ),
}
