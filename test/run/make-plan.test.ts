import { describe, expect, it } from 'vitest'
import { findInput, findOutput } from '../../src/ports/address.ts'
import { findPorts } from '../../src/ports/find-ports.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { captureRecipe } from '../../src/run/capture-recipe.ts'
import { blockedValue, type BoundValue } from '../../src/run/bind-value.ts'
import { alone } from '../../src/run/join-workflows.ts'
import { makePlan } from '../../src/run/make-plan.ts'
import type { PassByChoice } from '../../src/run/pass-by.ts'
import { compiled, definitions, node, port } from '../support/port-definitions.ts'
import { small, stored } from '../support/values.ts'

interface Given {
  values?: Record<string, BoundValue>
  replaced?: Record<string, BoundValue>
  addresses?: Record<string, BoundValue>
  outputs?: string[]
  passBy?: PassByChoice
  asked?: string[]
  drawn?: Record<string, Record<string, unknown>>
}

function plan(
  prompt: Prompt,
  { values = {}, replaced = {}, addresses = {}, outputs = [], passBy, asked, drawn = {} }: Given = {},
) {
  const made = compiled(prompt, drawn)
  const loaded = { name: 'a.json', compiled: made, ports: findPorts(made, definitions), workflow: undefined }
  return makePlan(alone(loaded), {
    valueOf: (key) => values[key],
    addressedInputs: new Map(
      Object.entries(addresses).map(([address, value]) => {
        const at = findInput(address, { prompt }, definitions)
        if (!at) throw new Error(address)
        return [address, { at, value }]
      }),
    ),
    addressedOutputs: new Map(
      outputs.map((address) => {
        const at = findOutput(address, prompt, definitions)
        if (!at) throw new Error(address)
        return [address, at]
      }),
    ),
    replaced: new Map(Object.entries(replaced)),
    passBy,
    asked: new Set(asked),
  })
}

const seven = small('INT', { int: '7' })
const picture = stored('IMAGE')

describe('an INPUT port', () => {
  it('of a number is a constant in each input that it feeds, without a node of ours', () => {
    const { plan: made, loads } = plan(
      { 1: port('n'), 2: node('Sampler', { seed: ['1', 0] }), 3: node('Number', { value: ['1', 0] }) },
      { values: { n: seven } },
    )
    expect(made).toMatchObject({ v: 1, needsPack: false, reads: [], outputs: [] })
    expect(made.prompt).toEqual({ 2: node('Sampler', { seed: 7 }), 3: node('Number', { value: 7 }) })
    expect(loads).toEqual([])
  })

  it('of a picture is a loader in the place of the port', () => {
    const { plan: made, loads } = plan(
      { 1: port('image'), 2: node('Picture', { image: ['1', 0] }) },
      { values: { image: picture } },
    )
    expect(made.prompt).toEqual({
      1: {
        class_type: 'DiscomfortContextLoader',
        inputs: { version: picture.receipt.id },
        _meta: { title: 'image' },
      },
      2: node('Picture', { image: ['1', 0] }),
    })
    expect(made.needsPack).toBe(true)
    expect(made.reads).toEqual([picture.receipt])
    expect(loads).toEqual([picture])
  })

  it('of a whole float is a constant in a FLOAT and comes by a loader where it would become an integer', () => {
    const whole = small('FLOAT', 7)
    const prompt = {
      1: port('x'),
      2: node('Sampler', { cfg: ['1', 0] }),
      3: node('Any', { anything: ['1', 0] }),
    }
    const { plan: made } = plan(prompt, { values: { x: whole } })
    expect(made.prompt['2']?.inputs).toEqual({ cfg: 7 })
    expect(made.prompt['3']?.inputs).toEqual({ anything: ['1', 0] })
    expect(made.prompt['1']?.class_type).toBe('DiscomfortContextLoader')
  })

  it('keeps all digits of a big integer', () => {
    const { plan: made } = plan(
      { 1: port('seed'), 2: node('Sampler', { seed: ['1', 0] }) },
      { values: { seed: small('INT', { int: '18446744073709551615' }) } },
    )
    expect(made.prompt['2']?.inputs['seed']).toBe(18446744073709551615n)
  })

  it('without a value leaves each widget what it holds itself, lists marked as such', () => {
    const prompt = { 1: port('x'), 2: node('Any', { anything: ['1', 0] }) }
    const drawn = { 2: { anything: ['a', 'b'] } }
    expect(plan(prompt, { drawn }).plan.prompt).toEqual({
      2: node('Any', { anything: { __value__: ['a', 'b'] } }),
    })
    const widget = { 1: port('seed'), 2: node('Sampler', { seed: ['1', 0] }) }
    expect(plan(widget, { drawn: { 2: { seed: 5 } } }).plan.prompt['2']?.inputs).toEqual({ seed: 5 })
    expect(plan(widget, { drawn: { 2: { seed: 5 } }, values: { seed: seven } }).plan.prompt['2']?.inputs).toEqual({
      seed: 7,
    })
  })

  it('without a value and without a widget is an error that names all such ports', () => {
    const prompt = {
      1: port('model'),
      2: port('image'),
      3: node('Sampler', { model: ['1', 0] }),
      4: node('Picture', { image: ['2', 0] }),
    }
    expect(() => plan(prompt)).toThrow(
      expect.objectContaining({
        code: 'PORT_UNBOUND',
        message: expect.stringMatching(/"model" \(MODEL.*"image" \(IMAGE.*a\.json/) as string,
        details: {
          ports: [
            { uniqueId: 'model', node: '1', title: 'model', type: 'MODEL' },
            { uniqueId: 'image', node: '2', title: 'image', type: 'IMAGE' },
          ],
          workflow: 'a.json',
        },
      }),
    )
  })

  it('takes no value of another type', () => {
    expect(() => plan({ 1: port('x'), 2: node('Picture', { mask: ['1', 0] }) }, { values: { x: picture } })).toThrow(
      expect.objectContaining({ code: 'VALUE_TYPE', details: { key: 'x', expected: 'MASK', found: 'IMAGE' } }),
    )
  })

  it('may be one of several with the same id: each gets the value, which is read once', () => {
    const { plan: made } = plan(
      {
        1: port('image'),
        2: port('image'),
        3: node('Picture', { image: ['1', 0] }),
        4: node('Many', { image: ['2', 0] }),
      },
      { values: { image: picture } },
    )
    expect(made.prompt['1']?.inputs).toEqual({ version: picture.receipt.id })
    expect(made.prompt['2']?.inputs).toEqual({ version: picture.receipt.id })
    expect(made.reads).toEqual([picture.receipt])
  })
})

describe('an OUTPUT port', () => {
  it('is a saver in its place, which knows the type and whether it is a list', () => {
    const { plan: made } = plan({ 1: node('Many'), 2: port('images', ['1', 0]), 3: port('count', ['1', 1]) })
    expect(made.outputs).toEqual([
      { key: 'images', node: '2', type: 'IMAGE', isList: true },
      { key: 'count', node: '3', type: 'INT', isList: false },
    ])
    expect(made.prompt['2']).toEqual({
      class_type: 'DiscomfortContextSaver',
      inputs: { value: ['1', 0], unique_id: 'images', type: 'IMAGE', run: '', is_list: true },
      _meta: { title: 'images' },
    })
    expect(made.prompt['3']?.inputs).toEqual({ value: ['1', 1], unique_id: 'count', type: 'INT', run: '' })
    expect(made.needsPack).toBe(true)
  })

  it('saves what came in by the name of the socket in the original Discomfort', () => {
    const { plan: made } = plan({ 1: node('Sampler'), 2: port('out', ['1', 0], 'input_data') })
    expect(made.prompt['2']?.inputs).toEqual({ value: ['1', 0], unique_id: 'out', type: 'LATENT', run: '' })
  })

  it('that is fed by an INPUT port alone has the type of its value', () => {
    const prompt = { 1: port('in'), 2: port('out', ['1', 0]) }
    const image = plan(prompt, { values: { in: picture } }).plan
    expect(image.outputs).toMatchObject([{ key: 'out', type: 'IMAGE' }])
    expect(image.prompt['2']?.inputs).toMatchObject({ value: ['1', 0], type: 'IMAGE' })
    const text = plan(prompt, { values: { in: small('STRING', 'hello') } }).plan
    expect(text.prompt).toMatchObject({ 2: { inputs: { value: 'hello', type: 'STRING' } } })
    expect(text.prompt['1']).toBeUndefined()
    const original = { 1: port('in'), 2: port('out', ['1', 0], 'input_data') }
    expect(plan(original, { values: { in: picture } }).plan.prompt['2']?.inputs).not.toHaveProperty('input_data')
  })
})

describe('a PASSTHRU port', () => {
  const prompt = {
    1: node('Picture'),
    2: port('a', ['1', 0]),
    3: port('b', ['2', 0], 'input_data'),
    4: node('Many', { image: ['3', 0] }),
    5: port('out', ['3', 0]),
  }

  it('is dissolved into a link, also in a chain and before an OUTPUT port', () => {
    const { plan: made } = plan(prompt)
    expect(Object.keys(made.prompt)).toEqual(['1', '4', '5'])
    expect(made.prompt['4']?.inputs).toEqual({ image: ['1', 0] })
    expect(made.prompt['5']?.inputs).toMatchObject({ value: ['1', 0], type: 'IMAGE' })
  })

  it('that is given a value gives it in place of what comes in', () => {
    const { plan: made } = plan(prompt, { replaced: { a: picture } })
    expect(made.prompt['2']?.inputs).toEqual({ version: picture.receipt.id })
    expect(made.prompt['4']?.inputs).toEqual({ image: ['2', 0] })
    expect(made.prompt['5']?.inputs).toMatchObject({ value: ['2', 0] })
  })

  it('nearer to the end wins over one before it', () => {
    const other = stored('IMAGE')
    const { plan: made } = plan(prompt, { replaced: { b: picture, a: other } })
    expect(made.prompt['4']?.inputs).toEqual({ image: ['3', 0] })
    expect(made.prompt['3']?.inputs).toEqual({ version: picture.receipt.id })
  })

  it('behind an INPUT port wins over it', () => {
    const chain = { 1: port('in'), 2: port('through', ['1', 0]), 3: node('Sampler', { seed: ['2', 0] }) }
    const given = { values: { in: seven }, replaced: { through: small('INT', { int: '8' }) } }
    expect(plan(chain, given).plan.prompt).toEqual({ 3: node('Sampler', { seed: 8 }) })
    const toOutput = { 1: port('in'), 2: port('through', ['1', 0]), 3: port('out', ['2', 0]) }
    const { plan: made } = plan(toOutput, { values: { in: seven }, replaced: { through: small('STRING', 'text') } })
    expect(made.prompt).toMatchObject({ 3: { inputs: { value: 'text', type: 'STRING' } } })
  })

  it('that is given a value spares the INPUT port before it one, unless that feeds something else too', () => {
    const chain = { 1: port('in'), 2: port('through', ['1', 0]), 3: node('Picture', { image: ['2', 0] }) }
    const { plan: made } = plan(chain, { replaced: { through: picture } })
    expect(made.prompt).toEqual({
      2: {
        class_type: 'DiscomfortContextLoader',
        inputs: { version: picture.receipt.id },
        _meta: { title: 'through' },
      },
      3: node('Picture', { image: ['2', 0] }),
    })
    const beside = { ...chain, 4: node('Many', { image: ['1', 0] }) }
    expect(() => plan(beside, { replaced: { through: picture } })).toThrow(
      expect.objectContaining({ code: 'PORT_UNBOUND' }),
    )
    const other = stored('IMAGE')
    expect(plan(chain, { values: { in: other }, replaced: { through: picture } }).loads).toEqual([picture])
  })

  it('takes no value of another type', () => {
    expect(() => plan(prompt, { replaced: { a: seven } })).toThrow(expect.objectContaining({ code: 'VALUE_TYPE' }))
  })
})

describe('an address', () => {
  const prompt = { 1: node('Picture', { image: ['9', 0] }, 'Mine'), 2: node('Sampler', { seed: 1 }), 9: node('Many') }

  it('sets an input to a constant or links it to a loader of its own', () => {
    const { plan: made } = plan(prompt, { addresses: { 'Mine.image': picture, 'Sampler.seed': seven } })
    expect(made.prompt['2']?.inputs).toEqual({ seed: 7 })
    expect(made.prompt['1']?.inputs).toEqual({ image: ['discomfort:Mine.image', 0] })
    expect(made.prompt['discomfort:Mine.image']?.inputs).toEqual({ version: picture.receipt.id })
  })

  it('gets an output through a saver of its own', () => {
    const { plan: made } = plan(prompt, { outputs: ['Mine', 'Many.count'] })
    expect(made.outputs).toEqual([
      { key: 'Mine', node: 'discomfort:out:Mine', type: 'IMAGE', isList: false },
      { key: 'Many.count', node: 'discomfort:out:Many.count', type: 'INT', isList: false },
    ])
    expect(made.prompt['discomfort:out:Mine']?.inputs).toMatchObject({ value: ['1', 0], unique_id: 'Mine' })
  })

  it('takes no value of another type', () => {
    expect(() => plan(prompt, { addresses: { 'Sampler.seed': picture } })).toThrow(
      expect.objectContaining({
        code: 'VALUE_TYPE',
        details: { key: 'Sampler.seed', expected: 'INT', found: 'IMAGE' },
      }),
    )
  })
})

describe('a plan', () => {
  it('leaves the workflow as it was, and is the same again', () => {
    const prompt = { 1: port('n'), 2: node('Sampler', { seed: ['1', 0] }), 3: port('out', ['2', 0]) }
    const before = structuredClone(prompt)
    const first = plan(prompt, { values: { n: seven } })
    expect(plan(prompt, { values: { n: seven } }).plan).toEqual(first.plan)
    expect(prompt).toEqual(before)
  })

  it('keeps ids such as __proto__ as they are', () => {
    const prompt = JSON.parse('{"__proto__": {"class_type": "Sampler", "inputs": {"seed": 1}}}') as Prompt
    expect(Object.keys(plan(prompt).plan.prompt)).toEqual(['__proto__'])
  })
})

describe('a value that stays alive in the server', () => {
  it('is kept by its saver, and told so by the plan', () => {
    const { plan: made, recipes } = plan(
      { 1: node('Picture', { image: 'a.png' }), 2: port('image', ['1', 0]) },
      { passBy: { image: 'resident' } },
    )
    expect(recipes.size).toBe(0)
    expect(made.prompt['2']?.inputs).toMatchObject({ unique_id: 'image', resident: true })
    expect(made.outputs).toMatchObject([{ key: 'image', resident: true }])
  })
})

describe('a value that an earlier workflow blocked', () => {
  it('is a loader that blocks, with nothing to read', () => {
    const { plan: made, loads } = plan(
      { 1: port('n'), 2: node('Sampler', { seed: ['1', 0] }) },
      { values: { n: blockedValue } },
    )
    expect(made.prompt['1']?.inputs).toEqual({ version: 'blocked' })
    expect(made.prompt['2']).toEqual(node('Sampler', { seed: ['1', 0] }))
    expect(made).toMatchObject({ reads: [], needsPack: true })
    expect(loads).toEqual([])
  })
})

describe('files that references name', () => {
  const reference = (files: Record<string, string>, made: Prompt, last: string): BoundValue => ({
    ...stored('IMAGE'),
    recipe: captureRecipe(
      { prompt: made, loads: [], originOf: (id) => ({ workflow: 'load.json', node: id }), files },
      [last, 0],
      { type: 'IMAGE', isList: false },
    ),
  })
  const value = reference({ 'a.ckpt': '10:5', 'b.ckpt': '20:6' }, { 1: node('Load', { file: 'a.ckpt' }) }, '1')

  it('go along with the prompt that uses them, and no others', () => {
    const { plan: made } = plan({ 1: port('m'), 2: node('Picture', { image: ['1', 0] }) }, { values: { m: value } })
    expect(made.files).toEqual({ 'a.ckpt': '10:5' })
  })

  it('stay as they were first noted in a reference that takes over another', () => {
    const { recipes } = plan(
      { 1: port('m'), 2: node('Picture', { image: ['1', 0], file: 'b.ckpt' }), 3: port('out', ['2', 0]) },
      { values: { m: value }, passBy: 'ref' },
    )
    expect(recipes.get('out')?.files).toEqual({ 'a.ckpt': '10:5' })
  })
})

describe('an object that is asked for as a kind', () => {
  const made = { 1: node('Model'), 2: port('out', ['1', 0]) }

  it('goes as data, unless the call says how', () => {
    expect(plan(made).recipes.size).toBe(1)
    expect(plan(made, { asked: ['out'] }).recipes.size).toBe(0)
    expect(plan(made, { asked: ['out'], passBy: 'ref' }).recipes.size).toBe(1)
  })
})
