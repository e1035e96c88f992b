import { describe, expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { parseWorkflow } from '../../src/workflow/parse.ts'
import { internationalChunk, png, textChunk, webp } from './support/pictures.ts'

const workflow = { nodes: [{ id: 1, type: 'Load', inputs: [{ name: 'a', type: 'MODEL', link: null }] }], links: [] }
const prompt = { '3': { class_type: 'Sample', inputs: { seed: 1 } } }
const asWorkflow = { kind: 'workflow', workflow }
const asPrompt = { kind: 'prompt', prompt }

/** What a source is refused for. */
function refusal(source: string | Uint8Array | object): { reason: string; path?: string } {
  try {
    parseWorkflow(source)
  } catch (error) {
    if (isDiscomfortError(error, 'WORKFLOW_INVALID')) return error.details
    throw error
  }
  throw new Error('was not refused')
}

describe('parseWorkflow', () => {
  it('recognises what the canvas saves: text, bytes and data', () => {
    const text = JSON.stringify(workflow)
    for (const source of [text, `\uFEFF${text}`, Buffer.from(text), workflow])
      expect(parseWorkflow(source)).toEqual(asWorkflow)
  })

  it('recognises a prompt', () => {
    expect(parseWorkflow(JSON.stringify(prompt))).toEqual(asPrompt)
  })

  it('recognises links of format 1.0', () => {
    const links = [{ id: 1, origin_id: 1, origin_slot: 0, target_id: 2, target_slot: 0, type: '*' }]
    expect(parseWorkflow({ ...workflow, version: 1, links })).toMatchObject({ kind: 'workflow', workflow: { links } })
  })

  it('passes data on without a copy and without a change', () => {
    const parsed = parseWorkflow(Object.freeze(workflow))
    expect(parsed.kind === 'workflow' && parsed.workflow).toBe(workflow)
  })
})

describe('numbers', () => {
  it('beyond 2^53 stay exact as bigint, all others are numbers', () => {
    const text =
      '{"3":{"class_type":"A","inputs":{"a":18446744073709551615,"b":9007199254740991,"c":0.1234567890123456789,"d":-9007199254740993,"e":1e25}}}'
    const parsed = parseWorkflow(text)
    expect(parsed.kind === 'prompt' && parsed.prompt['3']?.inputs).toEqual({
      a: 18446744073709551615n,
      b: 9007199254740991,
      c: 0.12345678901234568,
      d: -9007199254740993n,
      e: 1e25,
    })
  })

  it('may be the words that Python writes', () => {
    const text =
      '{"3":{"class_type":"A","inputs":{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN","d":"say \\"NaN\\"","e":12345678901234567890}}}'
    const parsed = parseWorkflow(text)
    expect(parsed.kind === 'prompt' && parsed.prompt['3']?.inputs).toEqual({
      a: Number.NaN,
      b: [Infinity, -Infinity],
      c: 'NaN',
      d: 'say "NaN"',
      e: 12345678901234567890n,
    })
  })
})

describe('pictures', () => {
  const [workflowText, promptText] = [JSON.stringify(workflow), JSON.stringify(prompt)]

  it('give the workflow of a PNG', () => {
    expect(parseWorkflow(png(textChunk('prompt', promptText), textChunk('workflow', workflowText)))).toEqual(asWorkflow)
    expect(parseWorkflow(png(internationalChunk('workflow', workflowText)))).toEqual(asWorkflow)
  })

  it('give the prompt of a PNG that holds nothing else', () => {
    expect(parseWorkflow(png(textChunk('prompt', promptText)))).toEqual(asPrompt)
  })

  it('give what a WebP holds', () => {
    expect(parseWorkflow(webp(`workflow:${workflowText}`, `prompt:${promptText}`))).toEqual(asWorkflow)
    expect(parseWorkflow(webp(`Prompt:${promptText}`))).toEqual(asPrompt)
  })

  it('without a workflow are refused', () => {
    expect(refusal(png(textChunk('comment', 'hi'))).reason).toContain('holds no workflow')
    expect(refusal(webp()).reason).toContain('holds no workflow')
    expect(refusal(Buffer.from([0xff, 0xd8, 0xff])).reason).toContain('neither JSON text nor')
  })
})

describe('what is no workflow', () => {
  it.each([
    ['{"nodes": [}', 'line 1, column 12'],
    ['{\n  "nodes": [],\n}', 'line 3, column 1'],
    ['', 'position 0'],
    ['hello', 'position 0'],
    ['{"a": NaN, }', 'not valid JSON'],
  ])('is refused as broken JSON with its place: %j', (text, place) => {
    expect(refusal(text).reason).toContain(place)
  })

  it.each([
    ['[]', undefined],
    ['"text"', undefined],
    ['{}', undefined],
    ['{"a": 1}', undefined],
    ['{"nodes": 5}', 'nodes'],
    ['{"nodes": [5]}', 'nodes[0]'],
    ['{"nodes": [{"type": "A"}]}', 'nodes[0].id'],
    ['{"nodes": [{"id": 1}]}', 'nodes[0].type'],
    ['{"nodes": [{"id": 1, "type": "A", "inputs": 5}]}', 'nodes[0].inputs'],
    ['{"nodes": [{"id": 1, "type": "A", "outputs": [1]}]}', 'nodes[0].outputs[0]'],
    ['{"nodes": [], "links": {}}', 'links'],
    ['{"nodes": [], "links": [null, [1, 2]]}', 'links[1]'],
    ['{"nodes": [], "links": [{"id": 1}]}', 'links[0]'],
    ['{"nodes": [], "definitions": 5}', 'definitions'],
    ['{"nodes": [], "definitions": {"subgraphs": [{}]}}', 'definitions.subgraphs[0].id'],
    [
      '{"nodes": [], "definitions": {"subgraphs": [{"id": "a", "nodes": [{}]}]}}',
      'definitions.subgraphs[0].nodes[0].id',
    ],
    [
      '{"nodes": [], "definitions": {"subgraphs": [{"id": "a", "inputs": [{"linkIds": 5}]}]}}',
      'definitions.subgraphs[0].inputs',
    ],
    ['{"1": {"class_type": "A"}}', '1.inputs'],
    ['{"1": {"class_type": "A", "inputs": {}}, "2": {}}', '2'],
  ])('is refused with the path of the fault: %s', (text, path) => {
    expect(refusal(text).path).toBe(path)
  })

  it('is refused when nested without end', () => {
    const deep = `{"nodes": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(refusal(deep).reason).toContain('deep')
    expect(refusal(deep.replace('nodes', '1234567890123456')).reason).toContain('deep')
    const ring: Record<string, unknown> = { nodes: [] }
    ring['self'] = ring
    expect(refusal(ring).reason).toContain('contains itself')
    let shared: object = {}
    for (let level = 0; level < 100; level += 1) shared = [shared, shared]
    expect(refusal({ nodes: [], shared }).reason).toContain('values')
  })

  it('is refused where it is too long, before it is decoded', () => {
    const long = new Uint8Array(50_331_649)
    expect(() => parseWorkflow(long)).toThrow('50331649 bytes, at most 50331648')
    expect(() => parseWorkflow(png(textChunk('workflow', ' '.repeat(50_331_640))))).toThrow('too large for a workflow')
    expect(() => parseWorkflow(' '.repeat(16_777_217))).toThrow('16777217 characters')
  })

  it('cannot reach the prototype of other objects', () => {
    const text =
      '{"nodes": [], "__proto__": {"polluted": 1}, "extra": {"__proto__": {"polluted": 12345678901234567890}}}'
    parseWorkflow(text)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
