import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseWorkflow } from '../../src/workflow/parse.ts'
import { frontends } from './support/frontend.ts'
import { judge } from './support/judge.ts'
import { readOfficialWorkflows, type OfficialWorkflow } from './support/official-workflows.ts'
import { openOracle, type Oracle } from './support/oracle.ts'
import { startParityServer, type ParityServer } from './support/parity-server.ts'
import { shortSelection } from './support/short-selection.ts'

describe.each(frontends)('the conversion and the official frontend $version', (frontend) => {
  let server: ParityServer
  let oracle: Oracle
  let workflows: readonly OfficialWorkflow[]

  beforeAll(async () => {
    server = await startParityServer(frontend)
    workflows = await readOfficialWorkflows(server.python)
    oracle = openOracle(server, workflows)
  })

  afterAll(async () => {
    await oracle?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  it('agree on official workflows', async () => {
    const differences: string[] = []
    for (const one of shortSelection(workflows)) {
      const verdict = await judge({ ...one, answer: await oracle.official(one) }, oracle, server)
      differences.push(...verdict.differences.map((line) => `${one.name}: ${line}`))
    }
    expect(differences).toEqual([])
  })

  // Always the same cases: fresh ones are for `npm run parity`, a test must not depend on luck.
  it('agree on workflows that were edited by chance', async () => {
    expect(await differencesOf(1, frontend.cases)).toEqual([])
  })

  async function differencesOf(seed: number, cases: number): Promise<readonly string[]> {
    const differences: string[] = []
    for (let position = 0; position < cases; position += 1) {
      const { name, saved, log, ...answer } = await oracle.generated(seed, position)
      if (saved === '') continue // the page could not open or edit it
      const parsed = parseWorkflow(saved)
      if (parsed.kind !== 'workflow') throw new Error(`${name} was saved as something else.`)
      const verdict = await judge({ workflow: parsed.workflow, text: saved, answer }, oracle, server)
      differences.push(
        ...verdict.differences.map((line) => `${seed}-${position} of ${name}: ${line}; ${log.join('; ')}`),
      )
    }
    return differences
  }
})
