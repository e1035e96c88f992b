import { expect, inject, it } from 'vitest'
import { packDefinitions } from '../../../src/prompt/pack-definitions.ts'
import type { NodeDefinitions } from '../../../src/prompt/node-definitions.ts'

it('the definitions that ship with the library are those that the server tells of the pack', async () => {
  const told = (await (await fetch(`${inject('server')}/object_info`)).json()) as NodeDefinitions
  for (const [name, ours] of Object.entries(packDefinitions)) {
    const theirs = told[name]
    expect(theirs?.input, name).toEqual(ours.input)
    for (const side of ['required', 'optional'] as const)
      expect(theirs?.input_order?.[side], name).toEqual(ours.input_order?.[side])
    for (const key of ['output', 'output_is_list', 'output_name', 'output_node', 'display_name'] as const)
      expect(theirs?.[key], `${name}.${key}`).toEqual(ours[key])
  }
  // These two come into prompts while they run, and stand in no workflow.
  const inner = ['DiscomfortGather', 'DiscomfortHeldValue']
  const ofPack = Object.keys(told).filter((name) => name.startsWith('Discomfort') && !inner.includes(name))
  expect(ofPack.sort()).toEqual(Object.keys(packDefinitions).sort())
})
