import type { NodeDefinitions } from './node-definitions.ts'

/** The class of the port nodes that people put into workflows. */
export const portClass = 'DiscomfortPort'

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
      optional: { tags: ['STRING', { default: '' }], value: ['*', {}] },
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
        value: ['*', {}],
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
}
