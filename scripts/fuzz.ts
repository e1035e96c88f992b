/**
 * `npm run fuzz -- 20000`: that many damaged workflow files (20,000 if no number is given), with a fresh seed unless SEED
 * names one. `SEED=… CASE=… npm run fuzz` runs one case again.
 */
import { spawnSync } from 'node:child_process'

const [count = '20000'] = process.argv.slice(2)
if (!/^\d+$/.test(count)) throw new Error(`"${count}" is no number of cases`)
const seed = process.env['SEED'] ?? String(Date.now() % 2 ** 31)
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'fuzz'], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_CASES: count, SEED: seed },
})
process.exitCode = status ?? 1
