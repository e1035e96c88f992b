import { describe, expect, it } from 'vitest'
import { listedWorkflows } from '../../../comfy-nodes/discomfort/page/sockets/listed-workflows.ts'
import { namedPorts } from '../../../comfy-nodes/discomfort/page/sockets/named-ports.ts'
import { parsePorts, unionOf } from '../../../comfy-nodes/discomfort/page/sockets/socket-ports.ts'

describe('the workflows of a switch', () => {
  it('stand behind their values, or alone, one a line and each once', () => {
    const text = 'day: a.json\n  else :  in a folder/b.json \n\nc.json\nnight: a.json'
    expect(listedWorkflows(text)).toEqual(['a.json', 'in a folder/b.json', 'c.json'])
    expect(listedWorkflows('day:a.json')).toEqual(['a.json'])
  })

  it('may lie on a drive of Windows', () => {
    expect(listedWorkflows('C:\\a.json\nday: D:/b.json')).toEqual(['C:\\a.json', 'D:/b.json'])
  })
})

describe('ports that are written as names', () => {
  it('have a type, or take anything', () => {
    expect(namedPorts('image: IMAGE, strength\nseed:INT,')).toEqual([
      ['image', 'IMAGE'],
      ['strength', '*'],
      ['seed', 'INT'],
    ])
    expect(namedPorts(' , \n')).toEqual([])
  })

  it('are each there once: the server tells of a second one', () => {
    expect(namedPorts('a: INT, a: FLOAT')).toEqual([['a', 'INT']])
  })
})

describe('the ports that a node remembers', () => {
  it('are read back, and none where the text is no list of them', () => {
    const ports = { inputs: [['a', 'INT']], outputs: [] }
    expect(parsePorts(JSON.stringify(ports))).toEqual(ports)
    for (const text of ['', '{', 'null', '[]', '{"inputs": [["a"]], "outputs": []}', '{"inputs": []}'])
      expect(parsePorts(text)).toBeUndefined()
  })
})

describe('the ports of several workflows', () => {
  it('are each there once, in the order of the workflows, with the type on which they agree', () => {
    const one = { inputs: [['a', 'INT']], outputs: [['x', '*']] } as const
    const other = {
      inputs: [
        ['b', 'IMAGE'],
        ['a', 'FLOAT'],
      ],
      outputs: [['x', 'MASK']],
    } as const
    expect(unionOf([one, other])).toEqual({
      inputs: [
        ['a', '*'],
        ['b', 'IMAGE'],
      ],
      outputs: [['x', 'MASK']],
    })
  })
})
