/**
 * `npm run parity`: compares the conversion of all official workflows with what both official frontends send.
 * `npm run parity -- --cases 500 --seed 7`: the same for workflows that are edited by chance in the frontend.
 * `--frontend VERSION` asks one frontend only, `--only NAME` (or a case's position) looks at one workflow, `--save DIR`
 * writes what differs to files.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Workflow } from '../src/workflow/document.ts'
import { parseWorkflow } from '../src/workflow/parse.ts'
import type { Verdict } from '../test/parity/support/check-conversion.ts'
import { frontends } from '../test/parity/support/frontend.ts'
import { judge } from '../test/parity/support/judge.ts'
import { readOfficialWorkflows } from '../test/parity/support/official-workflows.ts'
import { openOracle, type Oracle } from '../test/parity/support/oracle.ts'
import type { PageAnswer } from '../test/parity/support/oracle-page.ts'
import { startParityServer, type ParityServer } from '../test/parity/support/parity-server.ts'
import { provideChromium } from './chromium.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string' },
    seed: { type: 'string' },
    frontend: { type: 'string' },
    only: { type: 'string' },
    save: { type: 'string' },
  },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
process.env['DISCOMFORT_CHROMIUM'] = await provideChromium()
let failed = 0
for (const frontend of frontends.filter(({ version }) => (values.frontend ?? version) === version)) {
  const server = await startParityServer(frontend)
  try {
    await check(server)
  } finally {
    await server[Symbol.asyncDispose]()
  }
}
process.exitCode = failed > 0 ? 1 : 0

async function check(server: ParityServer): Promise<void> {
  const what = values.cases === undefined ? 'official workflows' : `${values.cases} cases, seed ${seed}`
  console.log(`\nComfyUI ${server.comfyui}, frontend ${server.frontend}: ${what}`)
  const workflows = await readOfficialWorkflows(server.python)
  const oracle = openOracle(server, workflows)
  const counts: Record<Verdict['kind'] | 'different', number> = {
    compared: 0,
    'unknown nodes': 0,
    'page threw': 0,
    different: 0,
  }
  try {
    for await (const { name, workflow, text, answer, log } of values.cases === undefined
      ? official()
      : generated(Number(values.cases))) {
      const verdict = await judge({ workflow, text, answer }, oracle, server)
      counts[verdict.kind] += 1
      if (verdict.differences.length === 0) continue
      counts.different += 1
      console.log(`${name}\n${verdict.differences.map((line) => `    ${line}`).join('\n')}`)
      if (log.length > 0) console.log(`    edits: ${log.join('; ')}`)
      if (values.save !== undefined) await save(`${server.frontend}-${name}`, { workflow, answer, verdict, log })
    }
  } finally {
    await oracle[Symbol.asyncDispose]()
  }
  failed += counts.different
  console.log(
    `${counts.compared} compared, ${counts['unknown nodes']} refused for unknown nodes, ${counts['page threw']} that the page refuses; ` +
      `${counts.different} different. ${oracle.counts.made} of ${oracle.counts.asked} answers are new.`,
  )

  async function* official() {
    for (const one of workflows.filter(({ name }) => (values.only ?? name) === name)) {
      yield { ...one, answer: await oracle.official(one), log: [] as readonly string[] }
    }
  }

  async function* generated(cases: number): AsyncGenerator<{
    name: string
    workflow: Workflow
    text: string
    answer: PageAnswer
    log: readonly string[]
  }> {
    for (let position = 0; position < cases; position += 1) {
      if (values.only !== undefined && Number(values.only) !== position) continue
      const one = await generatedOnce(oracle, position)
      if (one) yield one
    }
  }
}

async function generatedOnce(oracle: Oracle, position: number) {
  const { name, saved, log, ...answer } = await oracle.generated(seed, position)
  if (saved === '') {
    console.log(`${seed}-${position} of ${name}: not edited, ${answer.error}`)
    return undefined
  }
  const parsed = parseWorkflow(saved)
  if (parsed.kind !== 'workflow') throw new Error(`${name} was saved as something else.`)
  return { name: `${seed}-${position} of ${name}`, workflow: parsed.workflow, text: saved, answer, log }
}

async function save(name: string, data: unknown): Promise<void> {
  const folder = values.save as string
  await mkdir(folder, { recursive: true })
  const text = JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value), 1)
  await writeFile(join(folder, `${name.replaceAll(/[^\w.-]+/g, '_')}.json`), text)
}
