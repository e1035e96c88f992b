import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { chain, cutGroup, cutNode, turn, turnNode } from '../parity/groups/shared-groups.ts'
import { groupWorkflows } from '../parity/groups/group-workflows.ts'
import { group, member, node, workflow } from '../parity/groups/draw-groups.ts'
import { groupDefinitions } from './support/group-definitions.ts'

// What is expected here, both official frontends answered; test/parity asks them again.
const convert = (drawn: Workflow, frontend = '1.58.1') => workflowToPrompt(drawn, groupDefinitions, { frontend })
const promptOf = (drawn: Workflow) => convert(drawn).prompt
const inputsOf = (drawn: Workflow, id: string) => promptOf(drawn)[id]?.inputs
const messages = (drawn: Workflow, frontend?: string) => convert(drawn, frontend).warnings.map(({ message }) => message)
const known = (name: string): Workflow => groupWorkflows[name] as Workflow

describe('a group node', () => {
  it('becomes its nodes, under new ids in a new one', () => {
    expect(promptOf(chain(turnNode, { turn }))).toEqual({
      '1': { class_type: 'LoadImage', inputs: { image: 'example.png' }, _meta: { title: 'LoadImage' } },
      '3': {
        class_type: 'SaveImage',
        inputs: { images: ['6:5', 0], filename_prefix: 'out' },
        _meta: { title: 'SaveImage' },
      },
      '6:4': { class_type: 'ImageInvert', inputs: { image: ['1', 0] }, _meta: { title: 'ImageInvert' } },
      '6:5': {
        class_type: 'ImageScale',
        inputs: { image: ['6:4', 0], upscale_method: 'area', width: 100, height: 200, crop: 'disabled' },
        _meta: { title: 'ImageScale' },
      },
    })
  })

  it('may have a slash in its type, as in the oldest files', () => {
    const older = chain({ ...turnNode, type: 'workflow/turn' }, { turn })
    expect(promptOf(older)).toEqual(promptOf(chain(turnNode, { turn })))
  })

  it('has values and ids of its own beside others of its group', () => {
    const prompt = promptOf(known('two nodes of one group'))
    expect(Object.keys(prompt)).toEqual(expect.arrayContaining(['7:5', '7:6', '10:8', '10:9']))
    expect(prompt['7:6']?.inputs).toMatchObject({ upscale_method: 'area', width: 100, image: ['7:5', 0] })
    expect(prompt['10:9']?.inputs).toMatchObject({ upscale_method: 'bicubic', width: 10, image: ['10:8', 0] })
    expect(prompt['10:8']?.inputs).toEqual({ image: ['7:6', 0] })
  })

  it('runs although it is muted or bypassed, and a warning says so', () => {
    for (const mode of [2, 4]) {
      const off = chain({ ...cutNode([10, 20, 1, 2]), mode }, { cut: cutGroup() })
      expect(promptOf(off)).toEqual(promptOf(chain(cutNode([10, 20, 1, 2]), { cut: cutGroup() })))
      expect(messages(off)).toEqual([expect.stringMatching(/^It is (muted|bypassed)/)])
    }
  })

  it('keeps nodes inside muted or bypassed', () => {
    expect(Object.keys(promptOf(known('muted and bypassed nodes inside')))).toEqual(['1', '8:5', '3'].toSorted())
  })

  it('holds the values of a seed and its control', () => {
    expect(inputsOf(known('a sampler'), '9:8')).toEqual({
      model: ['1', 0],
      positive: ['9:5', 0],
      negative: ['9:6', 0],
      latent_image: ['9:7', 0],
      seed: 77,
      steps: 12,
      cfg: 6.5,
      sampler_name: 'dpmpp_2m',
      scheduler: 'karras',
      denoise: 0.8,
    })
  })

  it('shows no sockets that were hidden, under the names that were chosen', () => {
    expect(inputsOf(known('names and hidden sockets'), '7:6')).toEqual({
      image1: ['1', 0],
      blend_factor: 0.25,
      blend_mode: 'normal',
    })
  })

  it('is mixed up by older pages where a class has choices: it is read as by newer ones, with a warning', () => {
    const drawn = chain(turnNode, { turn })
    expect(convert(drawn, '1.47.12').prompt).toEqual(promptOf(drawn))
    expect(messages(drawn, '1.47.12')).toEqual([expect.stringContaining('before version 1.58')])
    expect(messages(drawn)).toEqual([])
  })
})

describe('a widget that was converted to an input', () => {
  it('takes its link where no other widget of the group comes before', () => {
    const drawn = known('a primitive outside for a widget inside')
    expect(inputsOf(drawn, '12:10')).toEqual({ clip: ['1', 1], text: 'far outside' })
  })

  it('loses its link as in the page, which counts sockets, and a warning says so', () => {
    const drawn = known('a cut whose width comes from outside')
    expect(inputsOf(drawn, '7:5')).toEqual({ image: ['1', 0], width: 10, height: 20, x: 1, y: 2 })
    expect(messages(drawn)).toEqual([expect.stringContaining('loses the link into "width"')])
  })

  it('gives its link to another widget as in the page', () => {
    expect(inputsOf(known('a cut whose three sizes come from outside'), '8:6')).toMatchObject({ x: ['4', 0], y: 444 })
  })
})

describe('a primitive in a group', () => {
  it('holds what the first widget holds that it feeds, as in the page', () => {
    const drawn = known('a cut with a primitive inside for x and y')
    expect(inputsOf(drawn, '7:5')).toEqual({ image: ['1', 0], width: 10, height: 10, x: 3, y: 4 })
    expect(messages(drawn)).toContainEqual(expect.stringContaining('forgets the value 99'))
  })

  it('may hold a number that plain JSON rounds', () => {
    const exact = 18446744073709551615n
    const drawn = chain(
      cutNode([exact, 'fixed', 10, 20, 1, 2]),
      known('a cut with a primitive inside').extra?.['groupNodes'] as Record<string, unknown>,
    )
    expect(messages(drawn)).toContainEqual(expect.stringContaining(String(exact)))
  })

  it('holds a text of several lines itself', () => {
    expect(inputsOf(known('a primitive inside for a text'), '9:8')).toMatchObject({ text: 'outer' })
  })
})

describe('a reroute in a group', () => {
  it('passes links on, also those from outside, which the page loses', () => {
    expect(inputsOf(known('reroutes inside'), '7:5')).toMatchObject({ image: ['1', 0] })
    expect(inputsOf(known('a reroute between nodes inside'), '7:6')).toMatchObject({ image: ['7:4', 0] })
    expect(messages(known('reroutes inside'))).toEqual([expect.stringContaining('reroute')])
  })
})

describe('a group node inside of another or of a subgraph', () => {
  it('becomes its nodes too, and keeps its id', () => {
    expect(inputsOf(known('a group in a group'), '6:5')).toMatchObject({
      image: ['6:4:8', 0],
      upscale_method: 'bilinear',
    })
    expect(inputsOf(known('a group in a group'), '6:4:7')).toEqual({ image: ['1', 0] })
    expect(inputsOf(known('a group in a subgraph'), '2:10:12')).toMatchObject({ image: ['2:10:11', 0], width: 100 })
  })

  it('may not be in itself', () => {
    const turns = group([member('workflow>turn', [], { in: 'image:IMAGE', out: 'IMAGE' })], [])
    expect(() => promptOf(chain(turnNode, { turn: turns }))).toThrow('contains itself')
  })

  it('may not unfold without an end', () => {
    const of = (name: string) =>
      group(
        Array.from({ length: 40 }, () => member(`workflow>${name}`)),
        [],
      )
    const groups = { a: of('b'), b: of('c'), c: of('d'), d: of('e'), e: group([member('ImageInvert')], []) }
    expect(() => promptOf(workflow([node(1, 'workflow>a')], [], groups))).toThrow('to more than')
  })
})

describe('a damaged group', () => {
  it.each([
    ['without outside links', { external: undefined }],
    ['with links from outside among its own', { links: [[null, 0, 0, 0, 1, 'IMAGE'], ...turn.links] }],
    [
      'with links that lead nowhere',
      { links: [...turn.links, [0, 0, 7, 0], [9, 0, 1, 0], [0, 5, 1, 0], [0, 0, 1, 44], 'x'] },
    ],
    ['whose choices are none', { config: [null, 3, { input: 'x', output: [7] }] }],
  ])('%s is read as far as it goes', (_, damage) => {
    const damaged = chain(turnNode, { turn: { ...turn, ...damage } })
    expect(promptOf(damaged)).toEqual(promptOf(chain(turnNode, { turn })))
  })

  it.each([
    ['has no nodes', {}],
    ['has nodes that are none', { nodes: [null, 'x', { type: 7 }, []], links: [[0, 0, 1, 0], null] }],
    ['is none', 'group'],
  ])('that %s leaves the links after it empty or names what is missing', (_, damaged) => {
    const drawn = chain(turnNode, { turn: damaged })
    try {
      expect(promptOf(drawn)['3']?.inputs).toEqual({ filename_prefix: 'out' })
    } catch (error) {
      expect(isDiscomfortError(error, 'WORKFLOW_NODES_MISSING')).toBe(true)
    }
  })

  it('that the file does not hold is told', () => {
    expect(() => promptOf(chain(turnNode, { other: turn }))).toThrow('a group node whose group the file does not hold')
  })

  it('with a class that the server lacks is told with the place of the node', () => {
    expect(() => promptOf(known('a class that is not there inside'))).toThrow('"NoSuchClass" (node 6:5)')
  })
})
