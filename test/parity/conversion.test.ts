import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { indexDefinitions } from '../../src/prompt/definition-index.ts'
import { frontendSince } from '../../src/prompt/frontend-version.ts'
import { hasListedChoices } from '../../src/prompt/groups/listed-choices.ts'
import { groupOf, readGroups } from '../../src/prompt/groups/read-groups.ts'
import { workflowToPrompt } from '../../src/prompt/workflow-to-prompt.ts'
import type { Workflow } from '../../src/workflow/document.ts'
import { parseWorkflow } from '../../src/workflow/parse.ts'
import { groupWorkflows, meantOtherwise } from './groups/group-workflows.ts'
import { comparePrompts } from './support/compare-prompts.ts'
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

  it('agree on group nodes of older versions', async () => {
    const differences: string[] = []
    for (const [name, workflow] of groupCases((one, isMixedUp) => !meantOtherwise.has(one) && !isMixedUp)) {
      const text = JSON.stringify(workflow)
      const verdict = await judge(
        { workflow, text, answer: await oracle.official({ name, text, workflow }) },
        oracle,
        server,
      )
      differences.push(...verdict.differences.map((line) => `${name}: ${line}`))
    }
    expect(differences).toEqual([])
  })

  it('part with a warning where the page makes group nodes into what no server takes', async () => {
    for (const [name, workflow] of groupCases((one, isMixedUp) => meantOtherwise.has(one) || isMixedUp)) {
      const { prompt, warnings } = workflowToPrompt(workflow, server.definitions, { frontend: frontend.version })
      expect(warnings, name).not.toEqual([])
      if (!meantOtherwise.has(name)) continue
      const { output } = await oracle.official({ name, text: JSON.stringify(workflow), workflow })
      expect(output && comparePrompts(prompt, output), name).not.toEqual([])
    }
  })

  /** Older pages mix up groups in which a class has its choices in the older form. */
  function groupCases(want: (name: string, isMixedUp: boolean) => boolean): readonly [string, Workflow][] {
    const index = indexDefinitions(server.definitions)
    return Object.entries(groupWorkflows).filter(([name, workflow]) => {
      const groups = readGroups(workflow)
      const used = workflow.nodes.map(({ type }) => groupOf(groups, type))
      const mixedUp = used.some((group) => group !== undefined && hasListedChoices(group, index))
      return want(name, mixedUp && !frontendSince(frontend.version, 1, 58))
    })
  }

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
