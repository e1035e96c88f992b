import { expect, it } from 'vitest'
import { findPorts } from '../../src/ports/find-ports.ts'
import { neededInputs } from '../../src/ports/needed-inputs.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { compiled, definitions, node, port } from '../support/port-definitions.ts'

it('INPUT ports keep the targets that no PASSTHRU port with a value of its own feeds', () => {
  const chain = {
    1: port('in'),
    2: port('a', ['1', 0]),
    3: port('b', ['2', 0]),
    4: node('Sampler', { seed: ['3', 0] }),
    5: node('Number', { value: ['2', 0] }),
  }
  const fedIn = (prompt: Prompt, ...replaced: string[]) =>
    neededInputs(findPorts(compiled(prompt), definitions), (uniqueId) => replaced.includes(uniqueId)).map(
      ({ targets }) => targets.map((one) => one.node).toSorted(),
    )
  const beside = { ...chain, 6: node('Any', { anything: ['1', 0] }) }
  expect(fedIn(beside)).toEqual([['4', '5', '6']])
  expect(fedIn(beside, 'b')).toEqual([['5', '6']])
  expect(fedIn(beside, 'a')).toEqual([['6']])
  expect(fedIn(chain, 'a')).toEqual([])
})
