import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ComfyConnector } from 'discomfort/connector'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { readNodeKnowledge } from '../../src/server/knowledge/node-knowledge.ts'
import type { Finding } from '../../src/validate/finding.ts'
import { coreValidators } from '../../src/validate/own-validators.ts'
import { coreReplacements } from '../../src/validate/replaced-classes.ts'
import { validateWorkflow } from '../../src/validate/validate-workflow.ts'
import { createRandom } from '../support/random.ts'
import { basePrompts } from './support/base-prompts.ts'
import { askServer, clearQueue, holdQueue, uploadPicture, type Verdict } from './support/ask-server.ts'
import { oddPrompts } from './support/odd-prompts.ts'
import { spoilPrompts } from './support/spoil-prompt.ts'

const seed = Number(process.env['SEED'] ?? 20_261_124)
const server = () => inject('server')
let definitions: NodeDefinitions
let knowledge: Awaited<ReturnType<typeof readNodeKnowledge>>

beforeAll(async () => {
  for (const [type, name, subfolder] of [
    ['input', 'spoil.png', ''],
    ['output', 'spoil.png', ''],
    ['input', 'deep.png', 'folder'],
  ] as const)
    await uploadPicture(server(), type, name, subfolder)
  await using connector = await ComfyConnector.create({ server: server() })
  definitions = await connector.nodeDefinitions({ refresh: true })
  knowledge = await readNodeKnowledge(connector.http)
  await holdQueue(server())
})
afterAll(() => clearQueue(server()))

interface Row {
  readonly family: string
  /** The input that was spoiled. */
  readonly input: string | undefined
  readonly findings: readonly Finding[]
  readonly verdict: Verdict
  readonly prompt: Prompt
}

async function judge(family: string, prompt: Prompt, input?: string): Promise<Row> {
  const { findings } = validateWorkflow(prompt, definitions, knowledge)
  return { family, input, findings, verdict: await askServer(server(), prompt), prompt }
}

const errors = ({ findings }: Row): readonly Finding[] => findings.filter(({ severity }) => severity === 'error')

type ToldError = Verdict['errors'][number]

/** Said by a node itself: it refuses a value that the definitions have nothing against, or its own check fails on one. */
function isNodesOwn(row: Row, { node, type }: ToldError): boolean {
  if (type === 'custom_validation_failed') return true
  const judged = knowledge.ownValidators?.[row.prompt[node]?.class_type ?? ''] ?? []
  const isRaised = type.startsWith('exception') && row.input !== undefined && judged.includes(row.input)
  return isRaised && !errors(row).some((finding) => finding.node === node)
}

/** Refused for nothing but what a node found itself. */
const isNodes = (row: Row): boolean =>
  row.verdict.errors.length > 0 && row.verdict.errors.every((error) => isNodesOwn(row, error))

function agrees(row: Row): boolean {
  if (!isNodes(row)) return (errors(row).length === 0) === row.verdict.isAccepted
  return row.verdict.errors.every(({ node }) =>
    row.findings.some((finding) => finding.node === node && finding.code === 'DECIDED_BY_NODE'),
  )
}

/**
 * Of the nodes and inputs that the server names, those that a finding names too. Where it raises it names no input: then
 * the spoiled one counts. Where its recursion ends it names a node somewhere in the chain: then the chain's output counts.
 */
function named(row: Row): { readonly of: number; readonly found: number } {
  const told = row.verdict.errors.filter((error) => !isNodesOwn(row, error))
  const found = told.filter(({ node, type, outputs, ...rest }) => {
    const input = type.startsWith('exception') ? row.input : rest.input
    return errors(row).some((finding) =>
      finding.code === 'TOO_DEEP'
        ? outputs.includes(finding.node)
        : finding.node === node && (input === undefined || finding.input === input),
    )
  })
  return { of: told.length, found: found.length }
}

function table(rows: readonly Row[]): string {
  const families = [...new Set(rows.map(({ family }) => family))]
  const lines = families.map((family) => {
    const mine = rows.filter((row) => row.family === family)
    const counts = mine.map(named)
    const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0)
    const parts = [
      `${mine.length} prompts`,
      `${mine.filter(({ verdict }) => !verdict.isAccepted).length} refused`,
      `${mine.filter(agrees).length} agreed`,
      `${mine.filter(isNodes).length} decided by a node`,
      `named ${sum(counts.map(({ found }) => found))} of ${sum(counts.map(({ of }) => of))}`,
    ]
    return `  ${family.padEnd(28)} ${parts.join(', ')}`
  })
  return lines.join('\n')
}

function disagreements(rows: readonly Row[]): unknown[] {
  return rows
    .filter((row) => !agrees(row))
    .map(({ family, findings, verdict, prompt }) => ({
      family,
      findings: findings.map(({ severity, code, node, input, message }) => ({ severity, code, node, input, message })),
      verdict,
      prompt: JSON.stringify(prompt).slice(0, 2000),
    }))
}

describe(`validateWorkflow against a real server (SEED=${seed})`, () => {
  it('has nothing against good prompts, and the server neither', async () => {
    for (const [name, prompt] of Object.entries(basePrompts)) {
      const row = await judge(name, prompt)
      expect(row.verdict).toEqual({ isAccepted: true, status: 200, errors: [] })
      expect(row.findings).toEqual([])
    }
  })

  it('agrees on 300 spoiled prompts and names the node and input', async () => {
    const rows: Row[] = []
    for (const { family, prompt, input } of spoilPrompts(300, definitions, createRandom(seed)))
      rows.push(await judge(family, prompt, input))
    process.stdout.write(`spoiled (SEED=${seed})\n${table(rows)}\n`)
    expect(disagreements(rows)).toEqual([])
    const counts = rows.map(named)
    const of = counts.reduce((total, one) => total + one.of, 0)
    expect(counts.reduce((total, one) => total + one.found, 0) / of).toBeGreaterThanOrEqual(0.98)
    expect(of).toBeGreaterThan(200)
  })

  it('has no error against 100 odd prompts that the server takes', async () => {
    const rows: Row[] = []
    for (const { family, prompt } of oddPrompts(100, createRandom(seed))) rows.push(await judge(family, prompt))
    process.stdout.write(`odd (SEED=${seed})\n${table(rows)}\n`)
    expect(rows.filter(({ verdict }) => !verdict.isAccepted)).toEqual([])
    expect(disagreements(rows)).toEqual([])
    const coerced = rows.filter(({ family }) => family === 'coercion')
    const silent = coerced.filter(({ findings }) => !findings.some(({ code }) => code === 'VALUE_COERCED'))
    // A value in a wrapper, and a list in one, are what they should be.
    expect(silent.filter(({ prompt }) => !JSON.stringify(prompt).includes('__value__'))).toEqual([])
  })

  it('knows of a server without the pack what that of 0.30.0 tells', () => {
    expect(knowledge.ownValidators).toMatchObject(coreValidators)
    for (const [name, [replacement]] of Object.entries(coreReplacements)) {
      expect(knowledge.replacements?.[name]?.[0]?.new_node_id).toBe(replacement?.new_node_id)
      const told = knowledge.replacements?.[name]?.[0] as { input_mapping?: unknown } | undefined
      expect(told?.input_mapping ?? undefined).toEqual(replacement?.input_mapping)
    }
  })
})
