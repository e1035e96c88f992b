/**
 * `npm test`: every suite there is, with what it needs. What failed stands once more at the end, with its reason, since
 * long logs are cut in their middle; the last line is `N passed, N failed, N skipped`.
 * The large install happens with CI=1, or as root in a container; elsewhere the command to type is printed.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { describeInstall, installComfyUI, managedInstallation } from '../src/server/install/install.ts'
import { progressPrinter } from '../src/server/install/provide-comfyui.ts'
import { provideChromium } from './chromium.ts'
import { mayInstall } from './may-install.ts'
import { pythonTools } from './python-tools.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** The part of vitest's report that is read here. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

/** Characters of what a suite wrote as errors that are told again at the end. */
const longestTail = 8000
const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []
const reports = await mkdtemp(join(tmpdir(), 'discomfort-test-'))
try {
  const installation = await provideInstallation()
  process.env['DISCOMFORT_CHROMIUM'] = await provideChromium()
  await vitest('unit')
  await vitest('processes')
  await vitest('fuzz')
  await pytest(installation.python, installation.folder)
  await vitest('real')
  await vitest('page')
  await vitest('parity')
  await vitest('package')
} finally {
  await rm(reports, { recursive: true, force: true })
}
if (failures.length > 0) console.log(`\n# failed\n\n${failures.join('\n\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function provideInstallation() {
  const present = await managedInstallation()
  if (present) return present
  if (!mayInstall()) {
    console.error('The tests need the managed ComfyUI. To install it:')
    for (const line of describeInstall()) console.error(`  ${line}`)
    console.error('type `npx tsx src/cli/main.ts install`, or run the tests with CI=1.')
    process.exit(1)
  }
  for (const line of describeInstall()) console.log(line)
  return installComfyUI({ onProgress: progressPrinter(console.log) })
}

/** Runs one project of vitest.config.ts and adds up what its report says. A suite that ends without a report has failed. */
async function vitest(project: string): Promise<void> {
  console.log(`\n# ${project}`)
  const report = join(reports, `${project}.json`)
  let errors = ''
  const code = await command(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    { onErrorText: (chunk) => (errors = (errors + chunk).slice(-longestTail)) },
  )
  const told = await readFile(report, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  )
  const failed = told?.testResults.flatMap(failuresOf) ?? []
  // A report knows nothing of errors outside of tests.
  if (code !== 0 && failed.length === 0)
    failed.push(`${project} ended with ${code}, although no test failed\n${errors}`)
  failures.push(...failed)
  add(
    {
      passed: told?.numPassedTests ?? 0,
      failed: told?.numFailedTests ?? 0,
      skipped: (told?.numPendingTests ?? 0) + (told?.numTodoTests ?? 0),
    },
    code,
  )
}

/** The failed tests of a file, or the file itself where it failed outside of its tests. */
function failuresOf({ name, status, message, assertionResults }: Report['testResults'][number]): string[] {
  const file = relative(process.cwd(), name)
  const failed = assertionResults.filter((test) => test.status === 'failed')
  if (failed.length === 0) return status === 'failed' ? [`${file}\n${message}`] : []
  return failed.map((test) => `${file} > ${test.fullName}\n${test.failureMessages.join('\n')}`)
}

/** Runs the tests of the pack's pure parts, and of what it knows of ComfyUI's classes, with the managed ComfyUI. */
async function pytest(python: string, comfyui: string): Promise<void> {
  console.log('\n# pack')
  const PYTHONPATH = [await pythonTools(python), comfyui].join(delimiter)
  let text = ''
  const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' }
  const code = await command(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test/pack'], {
    env,
    onText: (chunk) => (text += chunk),
  })
  const lint = await command(python, ['-m', 'ruff', 'check', '--no-cache', '__init__.py', 'comfy-nodes', 'test/pack'], {
    env,
  })
  failures.push(...text.split('\n').filter((line) => /^(FAILED|ERROR) /.test(line)))
  if (lint !== 0) failures.push('ruff: see # pack above')
  const count = (word: string) =>
    Number(new RegExp(`(\\d+) ${word}`).exec(text.trim().split('\n').at(-1) ?? '')?.[1] ?? 0)
  add(
    {
      passed: count('passed'),
      failed: count('failed') + count('error') + (lint === 0 ? 0 : 1),
      skipped: count('skipped'),
    },
    code,
  )
}

function add(counts: Counts, code: number): void {
  total.passed += counts.passed
  total.failed += counts.failed > 0 || code === 0 ? counts.failed : 1
  total.skipped += counts.skipped
}

function command(
  file: string,
  args: string[],
  {
    env = process.env,
    onText,
    onErrorText,
  }: { env?: NodeJS.ProcessEnv; onText?: (chunk: string) => void; onErrorText?: (chunk: string) => void } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      process.stdout.write(chunk)
      onText?.(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      process.stderr.write(chunk)
      onErrorText?.(chunk)
    })
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
