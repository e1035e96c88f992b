import { expect, it } from 'vitest'
import { problemOf } from './support/run-case.ts'

const count = Number(process.env['FUZZ_CASES'] ?? 2000)
const seed = Number(process.env['SEED'] ?? 20_261_124)
const only = process.env['CASE']
it(
  `reads ${count} damaged files without a strange error, in time, and leaves all prototypes alone (SEED=${seed})`,
  { timeout: 3_600_000 },
  async () => {
    process.stdout.write(`SEED=${seed}, ${count} cases; CASE=<number> runs one of them\n`)
    const problems: string[] = []
    const numbers = only === undefined ? Array.from({ length: count }, (_, at) => at) : [Number(only)]
    for (const number of numbers) {
      const problem = problemOf(seed, number)
      if (problem !== undefined) problems.push(problem)
      // Whoever watches the test hears that it lives.
      if (number % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(problems.slice(0, 20)).toEqual([])
  },
)
