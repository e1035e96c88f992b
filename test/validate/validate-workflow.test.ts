import { describe, expect, it } from 'vitest'
import type { Prompt } from '../../src/prompt/prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import type { Finding } from '../../src/validate/finding.ts'
import type { ValidateOptions } from '../../src/validate/validate-options.ts'
import { validateWorkflow } from '../../src/validate/validate-workflow.ts'
import { definitions as classes } from '../prompt/support/definitions.ts'
import { node, workflow } from '../prompt/support/draw.ts'

const definitions = Object.fromEntries(
  Object.entries(classes).map(([name, definition]) => [
    name,
    { ...definition, output_node: ['Show', 'Keep', 'SaveImage'].includes(name) },
  ]),
)

const find = (source: Workflow | Prompt, options?: ValidateOptions): readonly Finding[] =>
  validateWorkflow(source, definitions, options).findings

const sample = (inputs: Record<string, unknown> = {}): Prompt => ({
  1: { class_type: 'Load', inputs: { file: 'a.bin' } },
  2: {
    class_type: 'Sample',
    inputs: { model: ['1', 0], seed: 1, steps: 20, cfg: 8, mode: 'fast', ...inputs },
    _meta: { title: 'Main' },
  },
  3: { class_type: 'Keep', inputs: { samples: ['2', 0] } },
})
const one = (inputs: Record<string, unknown>, options?: ValidateOptions): Finding | undefined => {
  // What the changed link led to does not run any more.
  const findings = find(sample(inputs), options).filter(({ code }) => code !== 'NODE_UNREACHED')
  expect(findings.length).toBeLessThan(2)
  return findings[0]
}

describe('a value', () => {
  it('that fits is nothing to talk about', () => {
    expect(find(sample())).toEqual([])
  })

  it('out of range is told with the limit, the node, the input and the place', () => {
    expect(one({ steps: 101 })).toMatchObject({
      severity: 'error',
      code: 'VALUE_ABOVE_MAX',
      node: '2',
      title: 'Main',
      classType: 'Sample',
      input: 'steps',
      path: '2.inputs.steps',
      nearest: [100],
      message: 'The input steps of "Main" (Sample, node 2) is 101; the most is 100. Set it to that or less.',
    })
    expect(one({ steps: 0 })).toMatchObject({ code: 'VALUE_BELOW_MIN', nearest: [1] })
  })

  it('may be as large as 64 bits hold and not larger, although plain JSON rounds the limit', () => {
    expect(one({ seed: 2n ** 64n - 1n })).toBeUndefined()
    expect(one({ seed: 2n ** 64n })).toMatchObject({ code: 'VALUE_ABOVE_MAX', nearest: [2n ** 64n - 1n] })
  })

  it('that is not among the choices is told with the nearest', () => {
    expect(one({ mode: 'fats' })).toMatchObject({ code: 'VALUE_NOT_IN_LIST', nearest: ['fast', 'slow'] })
  })

  it('that the server bends is a warning', () => {
    for (const bent of [{ steps: 7.9 }, { steps: '12' }, { cfg: '7.5' }, { tiled: 'false' }, { steps: true }])
      expect(one(bent)).toMatchObject({ severity: 'warning', code: 'VALUE_COERCED' })
    expect(one({ steps: 7.9 })?.message).toContain('the server makes 7 of it')
    expect(one({ tiled: 'false' })?.message).toContain('the server makes true of it')
  })

  it('that cannot be read as its type is an error', () => {
    for (const unreadable of [{ steps: 'many' }, { steps: null }, { cfg: {} }, { steps: { __value__: [1] } }])
      expect(one(unreadable)).toMatchObject({ severity: 'error', code: 'VALUE_UNREADABLE' })
  })

  it('written where a link belongs is a warning', () => {
    expect(one({ cond: 'text' })).toMatchObject({ severity: 'warning', code: 'VALUE_FOR_SOCKET', input: 'cond' })
  })

  it('that is a model file comes with the source that the workflow names', () => {
    const models = [{ name: 'new.bin', url: 'https://example.com/new', directory: 'checkpoints' }]
    const drawn = workflow(
      [
        node(1, 'Load', { out: ['MODEL', 'CLIP'], values: ['new.bin'], properties: { models } }),
        node(2, 'Show', { in: { value: 1 } }),
      ],
      [[1, 1, 0, 2, 0]],
    )
    const [finding, ...others] = find(drawn, { source: 'a.json' })
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      code: 'MODEL_MISSING',
      severity: 'error',
      file: 'a.json',
      path: 'nodes[0].widgets_values[0]',
      model: models[0],
      nearest: ['a.bin', 'b.bin'],
    })
    expect(finding?.message).toContain('Fetch https://example.com/new into models/checkpoints')
  })

  it('of an input that the class checks itself is decided by the node', () => {
    const prompt: Prompt = {
      1: { class_type: 'Picture', inputs: { image: 'b.png [output]' } },
      2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: '' } },
    }
    expect(find(prompt)).toMatchObject([{ severity: 'error', code: 'VALUE_NOT_IN_LIST' }])
    for (const names of [['image'], ['*']])
      expect(find(prompt, { ownValidators: { Picture: names } })).toMatchObject([
        { severity: 'warning', code: 'DECIDED_BY_NODE', node: '1', input: 'image' },
      ])
    const linked = { ...prompt, 1: { class_type: 'Picture', inputs: { image: ['3', 0] } }, 3: sample()[1] } as Prompt
    const wild = { ...definitions, Load: { ...definitions['Load'], name: 'Load', output: ['*'] } }
    expect(validateWorkflow(linked, wild, { ownValidators: { Picture: ['image'] } }).findings).toMatchObject([
      { severity: 'warning', code: 'DECIDED_BY_NODE', node: '1', input: 'image' },
    ])
  })
})

describe('a link', () => {
  it('to a node or an output that is not there is an error', () => {
    expect(one({ model: ['9', 0] })).toMatchObject({ code: 'LINK_DANGLING', input: 'model' })
    expect(one({ model: ['__proto__', 0] })).toMatchObject({ code: 'LINK_DANGLING' })
    expect(one({ model: ['1', 2] })?.message).toContain('which has only 2, counted from 0')
  })

  it('of another type, or of no form, is an error', () => {
    expect(one({ model: ['1', 1] })).toMatchObject({ code: 'TYPE_MISMATCH', input: 'model' })
    expect(one({ model: ['1'] })).toMatchObject({ code: 'LINK_MALFORMED' })
  })

  it('through a port has the type of what comes into the port', () => {
    const prompt: Prompt = {
      ...sample({ model: ['p', 0] }),
      p: { class_type: 'DiscomfortPort', inputs: { unique_id: 'm', tags: '', value: ['1', 1] } },
    }
    expect(find(prompt)).toMatchObject([{ code: 'TYPE_MISMATCH', node: '2', input: 'model' }])
  })

  it('that nobody declares, to a node that is not there, hangs the server', () => {
    expect(one({ strange: ['9', 0] })).toMatchObject({ severity: 'error', code: 'LINK_DANGLING', input: 'strange' })
  })

  it('that is drawn to nothing is a warning with its place', () => {
    const drawn = workflow([node(1, 'Show', { in: { value: 7 } })], [])
    expect(find(drawn)).toMatchObject([
      { severity: 'error', code: 'INPUT_MISSING', path: 'nodes[0].inputs[0]' },
      { severity: 'warning', code: 'LINK_DANGLING', path: 'nodes[0].inputs[0].link' },
    ])
  })
})

describe('an input', () => {
  it('that is required and missing is told, with the name that it has instead', () => {
    const prompt: Prompt = {
      1: { class_type: 'Picture', inputs: { image: 'a.png' } },
      2: { class_type: 'Resize', inputs: { image: ['1', 0], kind: 'by factor', factor: 2, filter: 'area' } },
      3: { class_type: 'Show', inputs: { value: ['2', 0] } },
    }
    expect(find(prompt)).toMatchObject([
      { severity: 'error', code: 'INPUT_MISSING', input: 'kind.factor', nearest: ['factor'] },
    ])
  })

  it('of a choice that does not exist is not missed by the server', () => {
    const prompt: Prompt = {
      1: { class_type: 'Picture', inputs: { image: 'a.png' } },
      2: { class_type: 'Resize', inputs: { image: ['1', 0], kind: 'by factors', filter: 'area' } },
      3: { class_type: 'Show', inputs: { value: ['2', 0] } },
    }
    expect(find(prompt)).toMatchObject([{ severity: 'warning', code: 'CHOICE_UNKNOWN', input: 'kind' }])
  })

  it('of a list that grows is required up to its least number', () => {
    const prompt: Prompt = {
      1: { class_type: 'Batch', inputs: {} },
      2: { class_type: 'Show', inputs: { value: ['1', 0] } },
    }
    const template = { input: { required: { image: ['IMAGE', {}] } }, prefix: 'image', min: 1, max: 4 }
    const images = ['COMFY_AUTOGROW_V3', { template }] as const
    const growing = {
      ...definitions,
      Batch: { ...definitions['Batch'], name: 'Batch', input: { required: { images } } },
    }
    expect(validateWorkflow(prompt, growing).findings).toMatchObject([
      { code: 'INPUT_MISSING', input: 'images.image0' },
    ])
  })
})

describe('a node', () => {
  it('of a missing type is told with its pack', () => {
    const drawn = workflow(
      [
        node(1, 'Unheard', { out: ['IMAGE'], properties: { cnr_id: 'some-pack' } }),
        node(2, 'Show', { in: { value: 1 } }),
      ],
      [[1, 1, 0, 2, 0]],
    )
    expect(find(drawn)).toMatchObject([
      { severity: 'error', code: 'NODE_TYPE_MISSING', classType: 'Unheard', pack: 'some-pack', path: 'nodes[0]' },
    ])
    expect(find({ 1: { class_type: 'Shows', inputs: {} } })).toMatchObject(
      [{ code: 'NODE_TYPE_MISSING', nearest: ['Show'] }, { code: 'NO_OUTPUTS' }].toReversed(),
    )
  })

  it('that no output needs may be wrong in every way', () => {
    const prompt: Prompt = { ...sample(), 9: { class_type: 'Sample', inputs: { steps: -5, model: ['nobody', 0] } } }
    expect(find(prompt)).toMatchObject([{ severity: 'warning', code: 'NODE_UNREACHED', node: '9' }])
  })

  it('that needs itself is told for each node of the circle', () => {
    const blend = (from: string) => ({
      class_type: 'Blend',
      inputs: { first: [from, 0], second: [from, 0], amount: 1 },
    })
    const prompt: Prompt = { 1: blend('2'), 2: blend('1'), 3: { class_type: 'Show', inputs: { value: ['1', 0] } } }
    expect(find(prompt)).toMatchObject([
      { severity: 'error', code: 'CYCLE', node: '1' },
      { severity: 'error', code: 'CYCLE', node: '2' },
    ])
  })

  it('of a retired class is checked as what the server makes of it', () => {
    const replacements = {
      Old: [{ new_node_id: 'Keep', input_mapping: [{ new_id: 'samples', old_id: 'latent' }] }],
      Bare: [{ new_node_id: 'Keep' }],
    }
    const prompt = (type: string, inputs: Record<string, unknown>, meta = {}): Prompt => ({
      ...sample(),
      3: { class_type: type, inputs, ...meta },
    })
    const titled = { _meta: { title: 'T' } }
    expect(find(prompt('Old', { latent: ['2', 0] }, titled), { replacements })).toMatchObject([
      { severity: 'warning', code: 'CLASS_REPLACED' },
    ])
    expect(find(prompt('Old', { latent: ['2', 0] }), { replacements })).toMatchObject([
      { severity: 'error', code: 'CLASS_REPLACED' },
    ])
    expect(find(prompt('Old', {}, titled), { replacements })).toContainEqual(
      expect.objectContaining({ code: 'INPUT_MISSING', input: 'latent' }),
    )
    expect(find(prompt('Bare', { samples: ['2', 0] }, titled), { replacements })).toContainEqual(
      expect.objectContaining({ code: 'INPUT_MISSING', input: 'samples' }),
    )
  })
})

describe('a workflow', () => {
  it('without an output is refused', () => {
    expect(find({ 1: { class_type: 'Load', inputs: { file: 'a.bin' } } })).toMatchObject([
      { severity: 'error', code: 'NO_OUTPUTS', node: '' },
    ])
  })

  it('may be as deep as the server follows, and is checked at any depth', () => {
    const chain = (length: number): Prompt => {
      const nodes: Record<string, Prompt[string]> = { 0: { class_type: 'Picture', inputs: { image: 'a.png' } } }
      for (let at = 1; at < length - 1; at += 1)
        nodes[at] = { class_type: 'Blend', inputs: { first: [String(at - 1), 0], second: ['0', 0], amount: 1 } }
      return { ...nodes, end: { class_type: 'Show', inputs: { value: [String(length - 2), 0] } } }
    }
    expect(find(chain(900))).toEqual([])
    expect(find(chain(978))).toMatchObject([{ severity: 'warning', code: 'TOO_DEEP', node: 'end' }])
    expect(find(chain(979))).toMatchObject([{ severity: 'error', code: 'TOO_DEEP', node: 'end' }])
    expect(find(chain(50_000))).toMatchObject([{ severity: 'error', code: 'TOO_DEEP' }])
  })

  it('that contains itself is a circle', () => {
    const inner = { id: 's', nodes: [node(1, 's')], links: [], inputs: [], outputs: [] }
    expect(find(workflow([node(1, 's')], [], [inner]))).toMatchObject([{ severity: 'error', code: 'CYCLE' }])
  })

  it('with subgraphs tells where in the definitions the fault lies', () => {
    const inner = {
      id: 's',
      nodes: [node(1, 'Size', { out: ['LATENT'], values: [5] }), node(2, 'Keep', { in: { samples: 1 } })],
      links: [{ id: 1, origin_id: 1, origin_slot: 0, target_id: 2, target_slot: 0, type: 'LATENT' }],
      inputs: [],
      outputs: [],
    }
    expect(find(workflow([node(5, 's')], [], [inner]))).toMatchObject([
      { code: 'VALUE_BELOW_MIN', node: '5:1', path: 'definitions.subgraphs[0].nodes[0].widgets_values[0]' },
    ])
  })
})
