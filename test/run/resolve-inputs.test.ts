import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ContextStore } from '../../src/context/context-store.ts'
import { findPorts } from '../../src/ports/find-ports.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { checkBound, findAddressedOutputs } from '../../src/run/check-run.ts'
import type { LoadedWorkflow } from '../../src/run/loaded-workflow.ts'
import { placeOf, resolveInputs, typeOfInput } from '../../src/run/resolve-inputs.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { compiled, definitions, node, port } from '../support/port-definitions.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder('inputs')
})
afterAll(() => folder[Symbol.asyncDispose]())

function load(name: string, prompt: Prompt, drawn: Record<string, Record<string, unknown>> = {}): LoadedWorkflow {
  const made = compiled(prompt, drawn)
  return { name, compiled: made, ports: findPorts(made, definitions, name), workflow: undefined }
}
const resolve = (inputs: Record<string, unknown>, ...workflows: LoadedWorkflow[]) =>
  resolveInputs(inputs, workflows, definitions, {
    store: new ContextStore({ ram: undefined, disk: folder.path }),
    useRam: true,
  })

const one = load('one.json', { 1: port('x'), 2: node('Sampler', { cfg: ['1', 0], seed: 1 }), 3: port('y', ['2', 0]) })
const two = load('two.json', { 1: port('x'), 2: node('Any', { anything: ['1', 0] }), 4: node('Number', { value: 1 }) })

describe('the inputs of a run', () => {
  it('go to ports by unique_id, as what the ports take', async () => {
    const { ports, addresses } = await resolve({ x: 7 }, one)
    expect(ports.get('x')).toMatchObject({ receipt: { type: 'FLOAT' }, tree: 7 })
    expect(addresses.size).toBe(0)
    expect((await resolve({ x: 7 }, two)).ports.get('x')).toMatchObject({
      receipt: { type: 'INT' },
      tree: { int: '7' },
    })
  })

  it('take the type of the first port of that id which has one', async () => {
    expect((await resolve({ x: 7 }, two, one)).ports.get('x')).toMatchObject({ receipt: { type: 'FLOAT' } })
    expect(typeOfInput('x', [two, one], definitions)).toBe('FLOAT')
    expect(typeOfInput('x', [two], definitions)).toBe('*')
    expect(typeOfInput('Sampler.seed', [two, one], definitions)).toBe('INT')
    expect(typeOfInput('z', [two, one], definitions)).toBeUndefined()
  })

  it('go to addresses in all workflows that have them, unless a port is called so', async () => {
    const also = load('also.json', { 9: node('Sampler', { seed: 2 }) })
    const { addresses } = await resolve({ 'Sampler.seed': 5 }, one, two, also)
    expect(addresses.get('Sampler.seed')).toMatchObject({ receipt: { type: 'INT' } })
    const places = [one, two, also].map((loaded) => placeOf('Sampler.seed', loaded, definitions)?.node)
    expect(places).toEqual(['2', undefined, '9'])
    const called = load('called.json', { 1: port('Sampler.seed'), 2: node('Sampler', { seed: ['1', 0] }) })
    expect((await resolve({ 'Sampler.seed': 5 }, called)).ports.has('Sampler.seed')).toBe(true)
  })

  it('reach PASSTHRU ports too', async () => {
    const through = load('through.json', {
      1: node('Number'),
      2: port('middle', ['1', 0]),
      3: node('Sampler', { seed: ['2', 0] }),
    })
    expect((await resolve({ middle: 5 }, through)).ports.get('middle')).toMatchObject({ receipt: { type: 'INT' } })
  })

  it('that nothing takes are refused with the nearest names of all workflows', async () => {
    const { details, message } = await failure('ADDRESS_NOT_FOUND', resolve({ 'Sampler.sed': 5 }, two, one))
    expect(details.candidates[0]).toBe('Sampler.seed')
    expect(details.candidates).toContain('x')
    expect(message).toContain('two.json, one.json')
    await failure('ADDRESS_NOT_FOUND', resolve({ __proto__x: 5 }, one))
  })

  it('of another type are refused', async () => {
    await failure('VALUE_TYPE', resolve({ 'Sampler.seed': 7.5 }, one))
    await failure('VALUE_TYPE', resolve({ x: 'text' }, one))
  })
})

describe('before anything is sent', () => {
  const nothing = { ports: new Map(), addresses: new Map() }
  const knows =
    (...keys: string[]) =>
    (key: string) =>
      keys.includes(key)

  it('every INPUT port has a value: of the context, the call, an earlier workflow or the drawing', async () => {
    const later = load('later.json', { 1: port('y'), 2: node('Any', { anything: ['1', 0] }) })
    expect(() => checkBound([one, later], knows('x'), nothing)).not.toThrow()
    const given = await resolve({ x: 1 }, one)
    expect(() => checkBound([one, later], knows(), given)).not.toThrow()
    const drawn = load('drawn.json', { 1: port('x'), 2: node('Sampler', { cfg: ['1', 0] }) }, { 2: { cfg: 8 } })
    expect(() => checkBound([drawn], knows(), nothing)).not.toThrow()
  })

  it('an INPUT port needs none where a PASSTHRU port behind it is given one', async () => {
    const chain = load('chain.json', {
      1: port('in'),
      2: port('through', ['1', 0]),
      3: node('Sampler', { seed: ['2', 0] }),
    })
    expect(() => checkBound([chain], knows(), nothing)).toThrow(expect.objectContaining({ code: 'PORT_UNBOUND' }))
    const given = await resolve({ through: 5 }, chain)
    expect(() => checkBound([chain], knows(), given)).not.toThrow()
  })

  it('the first workflow that lacks one is named', () => {
    const later = load('later.json', { 1: port('y'), 2: node('Any', { anything: ['1', 0] }) })
    expect(() => checkBound([later, one], knows('x'), nothing)).toThrow(
      expect.objectContaining({
        code: 'PORT_UNBOUND',
        details: { ports: [{ uniqueId: 'y', node: '1', title: 'y', type: '*' }], workflow: 'later.json' },
      }),
    )
  })

  it('outputs by address are found in the last workflow that has them', () => {
    const last = load('last.json', { 7: node('Sampler') })
    const found = findAddressedOutputs(['Sampler', 'y', 'Number.FLOAT'], [one, two, last], definitions)
    expect([...found].map(([{ name }, outputs]) => [name, [...outputs.keys()]])).toEqual([
      ['last.json', ['Sampler']],
      ['two.json', ['Number.FLOAT']],
    ])
    expect(() => findAddressedOutputs(['Samler'], [one], definitions)).toThrow(
      expect.objectContaining({
        code: 'ADDRESS_NOT_FOUND',
        details: { address: 'Samler', candidates: expect.arrayContaining(['Sampler']) as string[] },
      }),
    )
  })
})
