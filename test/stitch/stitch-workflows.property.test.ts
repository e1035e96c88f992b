import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isDiscomfortError } from '../../src/errors.ts'
import { findPorts } from '../../src/ports/find-ports.ts'
import { compileWorkflow } from '../../src/prompt/compile.ts'
import { joinWorkflows } from '../../src/run/join-workflows.ts'
import { discoverPorts } from '../../src/stitch/discover-ports.ts'
import { stitchWorkflows } from '../../src/stitch/stitch-workflows.ts'
import { definitions } from '../prompt/support/definitions.ts'
import { meaning } from './support/meaning.ts'
import { randomWorkflows } from './support/random-workflow.ts'

/** What it gives, or the code of its error. */
function attempt<T>(act: () => T): T | string {
  try {
    return act()
  } catch (error) {
    if (isDiscomfortError(error)) return error.code
    throw error
  }
}

const removal = fc.constantFrom(false as const, 'joined' as const)

it('a stitched workflow converts to what a run of the joined prompts sends, up to ids', () => {
  let joints = 0
  fc.assert(
    fc.property(randomWorkflows, removal, removal, (workflows, deleteInputPorts, deleteOutputPorts) => {
      const before = structuredClone(workflows)
      const options = { deleteInputPorts, deleteOutputPorts, nodeDefinitions: definitions }
      const joined = attempt(() => {
        const loaded = workflows.map((workflow, at) => {
          const compiled = compileWorkflow(workflow, definitions)
          return { name: `${at}`, compiled, ports: findPorts(compiled, definitions), workflow }
        })
        return joinWorkflows(loaded, definitions)
      })
      if (typeof joined === 'string') {
        expect(attempt(() => stitchWorkflows(workflows, options))).toBe(joined)
        return
      }
      const wanted = meaning(joined.compiled.prompt)
      const stitched = stitchWorkflows(workflows, options)
      const { prompt } = compileWorkflow(stitched.workflow, definitions)
      const found = meaning(prompt)
      if (deleteOutputPorts === 'joined') {
        for (const key of Object.keys(wanted)) if (key.startsWith('OUTPUT') && !(key in found)) delete wanted[key]
      }
      expect(found).toEqual(wanted)
      const { workflow: _workflow, ...told } = stitched
      expect(told).toEqual(discoverPorts(stitched.workflow, definitions))
      expect(workflows).toEqual(before)
      joints += told.passthrus.length
    }),
    { numRuns: 120 },
  )
  expect(joints).toBeGreaterThan(20)
})
