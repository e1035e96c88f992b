import type { NodeDefinition, NodeDefinitions } from '../../../src/prompt/node-definitions.ts'

type Inputs = Record<string, readonly unknown[]>

function define(
  name: string,
  required: Inputs,
  output: readonly unknown[],
  more: Partial<NodeDefinition> & { optional?: Inputs } = {},
): [string, NodeDefinition] {
  const { optional, ...rest } = more
  return [
    name,
    { name, display_name: `The ${name}`, input: { required, ...(optional ? { optional } : {}) }, output, ...rest },
  ]
}

/** Node classes for these tests: small, and in the shapes that servers use. */
export const definitions: NodeDefinitions = Object.fromEntries([
  define('Load', { file: [['a.bin', 'b.bin']] }, ['MODEL', 'CLIP']),
  define('Text', { text: ['STRING', { multiline: true, dynamicPrompts: true }], clip: ['CLIP'] }, ['COND']),
  define(
    'Sample',
    {
      model: ['MODEL'],
      seed: ['INT', { default: 0, min: 0, max: 2 ** 64 }],
      steps: ['INT', { default: 20, min: 1, max: 100 }],
      cfg: ['FLOAT', { default: 8.0, min: 0.0, max: 100.0, step: 0.1, round: 0.01 }],
      mode: ['COMBO', { options: ['fast', 'slow'] }],
    },
    ['LATENT'],
    { optional: { cond: ['COND'], tiled: ['BOOLEAN', { default: true }] } },
  ),
  define('Size', { width: ['INT', { default: 64, min: 16, max: 1024, step: 8 }] }, ['LATENT']),
  define('Number', { value: ['INT', { control_after_generate: true }] }, ['INT']),
  define('Picture', { image: [['a.png'], { image_upload: true }] }, ['IMAGE'], { optional: { note: ['STRING', {}] } }),
  define('Blend', { first: ['IMAGE'], second: ['IMAGE'], amount: ['FLOAT', { default: 0.5 }] }, ['IMAGE']),
  define('Mix', { mask: ['MASK'], image: ['IMAGE'] }, ['IMAGE', 'MASK']),
  define('Show', { value: ['*', {}] }, []),
  define('SaveImage', { images: ['IMAGE'], filename_prefix: ['STRING', { default: 'out' }] }, []),
  define('Keep', { samples: ['LATENT'] }, []),
  define('Palette', { colors: ['COLORS', { default: [] }] }, ['IMAGE']),
  define(
    'Batch',
    {
      images: [
        'COMFY_AUTOGROW_V3',
        { template: { input: { required: { image: ['IMAGE', {}] } }, prefix: 'image', min: 1 } },
      ],
    },
    ['IMAGE'],
  ),
  define(
    'Resize',
    {
      image: ['IMAGE'],
      kind: [
        'COMFY_DYNAMICCOMBO_V3',
        {
          options: [
            {
              key: 'to size',
              inputs: { required: { width: ['INT', { default: 512 }], height: ['INT', { default: 512 }] } },
            },
            { key: 'by factor', inputs: { required: { factor: ['FLOAT', { default: 2.0 }] } } },
          ],
        },
      ],
      filter: ['COMBO', { options: ['nearest', 'area'] }],
    },
    ['IMAGE'],
  ),
  define('PackNode', { text: ['STRING', {}] }, ['STRING'], { python_module: 'custom_nodes.a-pack' }),
  define('CustomCombo', { choice: ['COMBO', { options: [] }] }, ['STRING', 'INT']),
])
