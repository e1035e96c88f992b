import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { isDiscomfortError, type DiscomfortError } from '../../src/errors.ts'
import { openPlace, type Case, type Cases } from './place.ts'
import { runCases } from './run-cases.ts'
import { serverCases } from './server-cases.ts'
import { valueCases } from './value-cases.ts'
import { withoutChance } from './without-chance.ts'
import { workflowCases } from './workflow-cases.ts'

/** A new code goes into one of these files; `GOLDEN=write npx vitest run test/errors` writes the texts anew. */
const cases: Cases = { ...workflowCases, ...valueCases, ...runCases, ...serverCases }
const golden = fileURLToPath(new URL('../golden/errors.json', import.meta.url))
const isWriting = process.env['GOLDEN'] === 'write'

type Told = Record<string, Record<string, unknown>>
const wanted = isWriting ? {} : (JSON.parse(await readFile(golden, 'utf8')) as Told)
const found: Told = {}

async function raise(work: Case): Promise<DiscomfortError> {
  await using place = await openPlace()
  const error: unknown = await Promise.resolve(place)
    .then(work)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    )
  if (!isDiscomfortError(error)) throw error ?? new Error('nothing was raised')
  return withoutChance(error, place) as DiscomfortError
}

describe.each(Object.entries(cases))('%s', (code, ways) => {
  it.each(Object.entries(ways))(
    '%s',
    async (way, work) => {
      const { code: raised, message, details } = await raise(work)
      expect(raised).toBe(code)
      const told = { message, details }
      if (isWriting) (found[code] ??= {})[way] = told
      else expect(told).toEqual(wanted[code]?.[way])
      // One of them takes 10,000 rounds, on machines that have other things to do.
    },
    120_000,
  )
})

it('the golden texts are those of these errors and no others', () => {
  const names = (told: object) =>
    Object.entries(told).flatMap(([code, ways]) => Object.keys(ways as object).map((way) => `${code}: ${way}`))
  if (!isWriting) expect(names(wanted).toSorted()).toEqual(names(cases).toSorted())
})

afterAll(async () => {
  if (!isWriting) return
  const sorted = Object.keys(cases).map((code) => [code, found[code]])
  await writeFile(golden, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`)
})
