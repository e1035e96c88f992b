import { describe, expect, it } from 'vitest'
import { outputType } from '../../src/ports/socket-type.ts'
import { packDefinitions } from '../../src/prompt/pack-definitions.ts'
import { node } from '../support/port-definitions.ts'

const typeOf = (ports: unknown, slot: number) =>
  outputType(packDefinitions, { 1: node('DiscomfortTestRunner', { workflow_path: 'a.json', ports }) }, ['1', slot])

describe('an output of a node that runs a workflow', () => {
  it('has the type of its port, and is no list by itself', () => {
    const ports = JSON.stringify({
      inputs: [],
      outputs: [
        ['image', 'IMAGE'],
        ['score', 'FLOAT'],
      ],
    })
    expect(typeOf(ports, 0)).toEqual({ type: 'IMAGE', isList: false })
    expect(typeOf(ports, 1)).toEqual({ type: 'FLOAT', isList: false })
    expect(typeOf(ports, 2)).toEqual({ type: '*', isList: false })
  })

  it.each(['', '{', '[]', 'null', '{"outputs":7}', '{"outputs":[7,["a"],["b",3]]}', 5])(
    'may be anything where the page wrote nothing that makes sense: %j',
    (ports) => {
      for (const slot of [0, 1, 2]) expect(typeOf(ports, slot)).toEqual({ type: '*', isList: false })
    },
  )
})
