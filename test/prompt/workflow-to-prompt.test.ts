import { describe, expect, it } from 'vitest'
import type { CompileOptions } from '../../src/prompt/compile-options.ts'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { definitions } from './support/definitions.ts'
import { node, workflow } from './support/draw.ts'

const convert = (drawn: Workflow, options?: CompileOptions) => workflowToPrompt(drawn, definitions, options).prompt
const inputsOf = (drawn: Workflow, id: string | number, options?: CompileOptions) => convert(drawn, options)[id]?.inputs

const loader = node(1, 'Load', { out: ['MODEL', 'CLIP'], values: ['a.bin'] })

describe('a plain workflow', () => {
  it('becomes nodes with class, inputs and title', () => {
    const sampler = node(2, 'Sample', { in: { model: 7 }, values: [5, 'fixed', 12, 7.5, 'slow', false], title: 'Mine' })
    expect(convert(workflow([loader, sampler], [[7, 1, 0, 2, 0]]))).toEqual({
      '1': { class_type: 'Load', inputs: { file: 'a.bin' }, _meta: { title: 'The Load' } },
      '2': {
        class_type: 'Sample',
        inputs: { model: ['1', 0], seed: 5, steps: 12, cfg: 7.5, mode: 'slow', tiled: false },
        _meta: { title: 'Mine' },
      },
    })
  })

  it('keeps integers of any size', () => {
    const drawn = workflow([node(1, 'Sample', { values: [18446744073709551615n, 'fixed', 1, 1, 'fast', true] })], [])
    expect(inputsOf(drawn, 1)).toMatchObject({ seed: 18446744073709551615n, steps: 1 })
  })

  it('takes defaults where no value was saved', () => {
    expect(inputsOf(workflow([node(1, 'Sample')], []), 1)).toEqual({
      seed: 0,
      steps: 20,
      cfg: 8,
      mode: 'fast',
      tiled: true,
    })
  })

  it('reads values that a pack saved by name', () => {
    const drawn = workflow([node(1, 'Size', { values: { width: 32, other: 1 } })], [])
    expect(inputsOf(drawn, 1)).toEqual({ width: 32 })
  })

  it('skips the place of an upload button among the values', () => {
    const drawn = workflow([node(1, 'Picture', { values: ['a.png', 'image', 'a note'] })], [])
    expect(inputsOf(drawn, 1)).toEqual({ image: 'a.png', note: 'a note' })
  })

  it('keeps a choice that the server does not list', () => {
    expect(inputsOf(workflow([node(1, 'Load', { values: ['gone.bin'] })], []), 1)).toEqual({ file: 'gone.bin' })
  })

  it('wraps lists, since the server reads a bare one as a link', () => {
    const drawn = workflow([node(1, 'Palette', { values: [['#fff', 0]] })], [])
    expect(inputsOf(drawn, 1)).toEqual({ colors: { __value__: ['#fff', 0] } })
  })

  it('reads links of format 1.0', () => {
    const drawn: Workflow = {
      version: 1,
      nodes: [loader, node(2, 'Text', { in: { clip: 4 }, values: ['hi'] })],
      links: [{ id: 4, origin_id: 1, origin_slot: 1, target_id: 2, target_slot: 0 }],
    }
    expect(inputsOf(drawn, 2)).toEqual({ text: 'hi', clip: ['1', 1] })
  })

  it('ignores a link that is not in the table', () => {
    expect(inputsOf(workflow([node(2, 'Text', { in: { clip: 9 }, values: ['hi'] })], []), 2)).toEqual({ text: 'hi' })
  })

  it('tells what linked widgets hold themselves', () => {
    const drawn = workflow(
      [
        node(1, 'Number', { out: ['INT'], values: [9, 'fixed'] }),
        node(2, 'Size', { in: { width: 1 }, widgets: ['width'], values: [72] }),
      ],
      [[1, 1, 0, 2, 0]],
    )
    const { prompt, drawn: held } = compileWorkflow(drawn, definitions)
    expect(prompt['2']?.inputs).toEqual({ width: ['1', 0] })
    expect(held).toEqual({ '2': { width: 72 } })
  })
})

describe('names that mean something to JavaScript', () => {
  it('are names like any other', () => {
    const names = ['__proto__', 'constructor', 'toString']
    const nodes = names.map((id) => ({ ...node(0, 'Show', { in: { value: 1, __proto__: null, constructor: 1 } }), id }))
    const number = node(1, 'Number', { out: ['INT'], values: [1, 'fixed'] })
    const drawn = workflow([number, ...nodes], [[1, 1, 0, 2, 0]])
    const { prompt, drawn: held } = compileWorkflow(drawn, definitions)
    expect(Object.keys(prompt)).toEqual(['1', ...names])
    expect(Object.keys(held)).toEqual([])
    expect(Object.getPrototypeOf(prompt)).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])
    for (const type of names) {
      expect(() =>
        compileWorkflow(
          workflow([node(2, type), node(3, 'Show', { in: { value: 1 } })], [[1, 2, 0, 3, 0]]),
          definitions,
        ),
      ).toThrow(expect.objectContaining({ code: 'WORKFLOW_NODES_MISSING' }) as Error)
    }
  })
})

describe('inputs that come and go', () => {
  it('brings the inputs of the chosen option under dotted names', () => {
    const bySize = workflow([node(1, 'Resize', { values: ['to size', 8, 9, 'area'] })], [])
    const byFactor = workflow([node(1, 'Resize', { values: ['by factor', 4, 'area'] })], [])
    expect(inputsOf(bySize, 1)).toEqual({ kind: 'to size', 'kind.width': 8, 'kind.height': 9, filter: 'area' })
    expect(inputsOf(byFactor, 1)).toEqual({ kind: 'by factor', 'kind.factor': 4, filter: 'area' })
  })

  it('keeps the links of a list that grows', () => {
    const pictures = [1, 2].map((id) => node(id, 'Picture', { out: ['IMAGE'], values: ['a.png'] }))
    const batch = node(3, 'Batch', { in: { 'images.image0': 1, 'images.image1': 2, 'images.image2': null } })
    const drawn = workflow(
      [...pictures, batch],
      [
        [1, 1, 0, 3, 0],
        [2, 2, 0, 3, 1],
      ],
    )
    expect(inputsOf(drawn, 3)).toEqual({ 'images.image0': ['1', 0], 'images.image1': ['2', 0] })
  })

  it('sends the options that a custom combo holds', () => {
    const drawn = workflow([node(1, 'CustomCombo', { values: ['b', 1, 'a', 'b', ''] })], [])
    expect(inputsOf(drawn, 1)).toEqual({ choice: 'b', index: 1, option1: 'a', option2: 'b', option3: '' })
  })
})

describe('texts that the page changes', () => {
  const text = (value: string) => workflow([node(1, 'Text', { values: [value] })], [])

  it('picks one of the choices in braces and says so', () => {
    const { prompt, warnings } = workflowToPrompt(text('a {red|green|blue} hat'), definitions, {
      dynamicPrompts: 'resolve',
      random: () => 0.5,
    })
    expect(prompt['1']?.inputs).toEqual({ text: 'a green hat' })
    expect(warnings).toMatchObject([{ node: '1', message: expect.stringContaining('a green hat') as string }])
  })

  it.each([
    ['one // comment\ntwo', 'one \ntwo'],
    ['a /* b */ c', 'a  c'],
    ['{only}', 'only'],
    [String.raw`\{kept\|so\}`, '{kept|so}'],
    ['never {closed', 'never closed'],
    ['no} opening', 'no} opening'],
    [String.raw`(a:1.2) \(b\)`, String.raw`(a:1.2) \(b\)`],
  ])('turns %j into %j', (before, after) => {
    expect(inputsOf(text(before), 1)).toEqual({ text: after })
  })

  it('picks nothing unless it is asked to, and says that choices were kept', () => {
    const { prompt, warnings } = workflowToPrompt(text('{{a|a}|b} // c'), definitions)
    expect(prompt['1']?.inputs).toEqual({ text: '{{a|a}|b} ' })
    expect(warnings).toMatchObject([{ node: '1', message: expect.stringContaining('kept') as string }])
    expect(inputsOf(text('{{a|a}|a} b'), 1, { dynamicPrompts: 'resolve' })).toEqual({ text: 'a b' })
  })

  it('fills dates and the values of other nodes into file names', () => {
    const drawn = workflow(
      [
        node(1, 'SaveImage', { values: ['%date:yyyy-MM-dd hh%/%Mine.mode%_%Sample.steps%_%nobody.x%_100%'] }),
        node(2, 'Sample', {
          values: [1, 'fixed', 7, 1, 'a/b'],
          title: 'Mine',
          properties: { 'Node name for S&R': 'Sample' },
        }),
      ],
      [],
    )
    const now = new Date(2026, 2, 4, 5)
    expect(inputsOf(drawn, 1, { now })).toEqual({ filename_prefix: '2026-03-04 05/a_b_7_%nobody.x%_100%' })
  })
})

describe('the node definitions of the own pack', () => {
  it('lie under those of a server that lacks the pack', () => {
    const port = node(1, 'DiscomfortPort', { out: ['*'], values: ['image', ''] })
    const show = node(2, 'Show', { in: { value: 1 } })
    expect(convert(workflow([port, show], [[1, 1, 0, 2, 0]]))).toEqual({
      '1': {
        class_type: 'DiscomfortPort',
        inputs: { unique_id: 'image', tags: '' },
        _meta: { title: 'Discomfort port' },
      },
      '2': { class_type: 'Show', inputs: { value: ['1', 0] }, _meta: { title: 'The Show' } },
    })
  })
})
