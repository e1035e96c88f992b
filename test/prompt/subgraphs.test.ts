import { describe, expect, it } from 'vitest'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { SubgraphDefinition, Workflow, WorkflowNode } from '../../src/workflow/document.ts'
import { definitions } from './support/definitions.ts'
import { node, subgraph, workflow } from './support/draw.ts'

const convert = (drawn: Workflow) => workflowToPrompt(drawn, definitions).prompt

/** A subgraph around one Size node whose width is an input of the subgraph. */
const sizing = (): SubgraphDefinition =>
  subgraph(
    'sizing',
    [node(1, 'Size', { in: { width: 1 }, widgets: ['width'], out: ['LATENT'], values: [32] })],
    [
      [1, -10, 0, 1, 0],
      [2, 1, 0, -20, 0],
    ],
    { in: { width: [1] }, out: ['LATENT'] },
  )
const keep = node(11, 'Keep', { in: { samples: 8 } })
const host = (more = {}): WorkflowNode =>
  node(10, 'sizing', { in: { width: null }, widgets: ['width'], out: ['LATENT'], ...more })
const around = (
  inside: WorkflowNode,
  others: readonly WorkflowNode[] = [],
  links: readonly [number, number, number, number, number][] = [],
) => workflow([inside, keep, ...others], [[8, 10, 0, 11, 0], ...links], [sizing()])

describe('subgraphs', () => {
  it('are laid flat under ids of both nodes', () => {
    expect(convert(around(host()))).toEqual({
      '10:1': { class_type: 'Size', inputs: { width: 32 }, _meta: { title: 'The Size' } },
      '11': { class_type: 'Keep', inputs: { samples: ['10:1', 0] }, _meta: { title: 'The Keep' } },
    })
  })

  it('take the value that their node holds for a widget inside', () => {
    expect(convert(around(host({ values: [48] })))['10:1']?.inputs).toEqual({ width: 48 })
  })

  it('let links in from outside', () => {
    const number = node(12, 'Number', { out: ['INT'], values: [96, 'fixed'] })
    const drawn = around(host({ in: { width: 5 } }), [number], [[5, 12, 0, 10, 0]])
    expect(convert(drawn)['10:1']?.inputs).toEqual({ width: ['12', 0] })
  })

  it('tell the value that their node holds under a link', () => {
    const number = node(12, 'Number', { out: ['INT'], values: [96, 'fixed'] })
    const drawn = around(host({ in: { width: 5 }, values: [48] }), [number], [[5, 12, 0, 10, 0]])
    expect(compileWorkflow(drawn, definitions).drawn).toEqual({ '10:1': { width: 48 } })
  })

  it('fall back on the widget inside when a link from outside comes to nothing', () => {
    const number = node(12, 'Number', { out: ['INT'], values: [96, 'fixed'], mode: 2 })
    const drawn = around(host({ in: { width: 5 }, values: [48] }), [number], [[5, 12, 0, 10, 0]])
    expect(convert(drawn)['10:1']?.inputs).toEqual({ width: 32 })
  })

  it('are not reached by a primitive outside', () => {
    const primitive = node(12, 'PrimitiveNode', { out: ['INT'], values: [96, 'fixed'] })
    const drawn = around(host({ in: { width: 5 }, values: [48] }), [primitive], [[5, 12, 0, 10, 0]])
    expect(convert(drawn)['10:1']?.inputs).toEqual({ width: 32 })
  })

  it('disappear when muted', () => {
    expect(convert(around(host({ mode: 2 })))).toEqual({
      '11': { class_type: 'Keep', inputs: {}, _meta: { title: 'The Keep' } },
    })
  })

  it('nest, and values go all the way in', () => {
    const outer = subgraph(
      'outer',
      [node(3, 'sizing', { in: { width: 1 }, widgets: ['width'], out: ['LATENT'], values: [80] })],
      [
        [1, -10, 0, 3, 0],
        [2, 3, 0, -20, 0],
      ],
      { in: { width: [1] }, out: ['LATENT'] },
    )
    const drawn = (values: unknown[]) =>
      workflow(
        [node(10, 'outer', { in: { width: null }, out: ['LATENT'], values }), keep],
        [[8, 10, 0, 11, 0]],
        [outer, sizing()],
      )
    expect(convert(drawn([]))['10:3:1']?.inputs).toEqual({ width: 80 })
    expect(convert(drawn([24]))).toMatchObject({
      '10:3:1': { inputs: { width: 24 } },
      '11': { inputs: { samples: ['10:3:1', 0] } },
    })
  })

  it('give nodes new ids where another canvas has taken theirs', () => {
    const drawn = workflow([node(1, 'Size', { out: ['LATENT'] }), host(), keep], [[8, 10, 0, 11, 0]], [sizing()])
    expect(Object.keys(convert(drawn))).toEqual(['1', '11', '10:12'])
    expect(convert(drawn)['11']?.inputs).toEqual({ samples: ['10:12', 0] })
  })

  it('that contain themselves are refused', () => {
    const endless = subgraph('endless', [node(1, 'endless')], [])
    expect(() => convert(workflow([node(2, 'endless')], [], [endless]))).toThrow(
      expect.objectContaining({ code: 'WORKFLOW_CYCLE' }) as Error,
    )
  })

  it('that unfold without measure are refused', () => {
    const levels = Array.from({ length: 40 }, (_, level) =>
      subgraph(`level${level}`, [node(1, `level${level + 1}`), node(2, `level${level + 1}`)], []),
    )
    expect(() => convert(workflow([node(1, 'level0')], [], levels))).toThrow(
      expect.objectContaining({ code: 'WORKFLOW_INVALID' }) as Error,
    )
  })
})

describe('files of older versions', () => {
  it('say by name which widget each value belongs to', () => {
    const old = host({ values: [40], properties: { proxyWidgets: [['-1', 'width']] } })
    expect(convert(around(old))['10:1']?.inputs).toEqual({ width: 40 })
  })

  it('give values to widgets inside that no input leads to', () => {
    const inside = subgraph('inside', [node(1, 'Size', { values: [32], out: ['LATENT'] })], [[2, 1, 0, -20, 0]], {
      out: ['LATENT'],
    })
    const old = node(10, 'inside', { out: ['LATENT'], values: [40], properties: { proxyWidgets: [['1', 'width']] } })
    expect(convert(workflow([old, keep], [[8, 10, 0, 11, 0]], [inside]))['10:1']?.inputs).toEqual({ width: 40 })
  })

  it('keep values that could not be placed when they were upgraded', () => {
    const quarantine = [{ originalEntry: ['-1', 'width'], hostValue: 56 }]
    const old = host({ values: [40], properties: { proxyWidgetErrorQuarantine: quarantine } })
    expect(convert(around(old))['10:1']?.inputs).toEqual({ width: 56 })
  })
})
