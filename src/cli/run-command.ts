import { basename } from 'node:path'
import type { Command } from 'commander'
import { Discomfort } from '../discomfort.ts'
import type { ConnectorOptions } from '../server/connector-options.ts'
import { createHttp } from '../server/http/http.ts'
import { provideComfyUI } from '../server/install/provide-comfyui.ts'
import { refuseUnreadable } from '../image/read-source.ts'
import { createWorkflowLoader } from '../run/loaded-workflow.ts'
import { typeOfInput } from '../run/resolve-inputs.ts'
import type { ConversionChoices, OutputKinds } from '../run/run-options.ts'
import { addConversionOptions, conversionChoices, type ConversionFlags } from './conversion-options.ts'
import { collect, createCommand } from './create-command.ts'
import { readWorkflow } from '../files/read-workflow.ts'
import { interruption } from './interruption.ts'
import { findStaying } from './find-staying.ts'
import { findOpenServer } from './open-server.ts'
import { parseAssignment, type Assignment } from './parse-assignment.ts'
import { parseCount } from './parse-count.ts'
import { parseDuration } from './parse-duration.ts'
import { parseOutput } from './parse-output.ts'
import { parsePassBy } from './parse-pass-by.ts'
import { noProgress, type Progress } from './progress.ts'
import { progressBar } from './progress-bar.ts'
import { progressLines } from './progress-lines.ts'
import { readInput } from './read-input.ts'
import { refuseExisting } from './refuse-existing.ts'
import { reportRun } from './report-run.ts'
import { addServerOptions, connectorOptions, resolveServer, type ServerOptions } from './server-options.ts'
import { tell } from './write.ts'

export interface RunCommandOptions extends ServerOptions, ConversionFlags {
  readonly input?: string[]
  readonly output?: string[]
  readonly timeout?: string
  readonly executionTimeout?: string
  readonly retries?: string
  readonly iterations?: string
  readonly stitch?: true
  readonly passBy?: string[]
  readonly overwrite?: true
  readonly saveDir?: string
  readonly quiet?: true
  readonly json?: true
}

export function runCommand(): Command {
  const command = createCommand('run', {
    description:
      'Run one workflow, or several one after another in one context: what an OUTPUT port of one gives, an INPUT port of the same id in the next takes.',
    examples: [
      'discomfort run portrait.json --input KSampler.seed=7 --save-dir out',
      'discomfort run make.json improve.json --input prompt="a red apple" --output image=apple.png',
      'discomfort run assess.json --input image=@apple.png --output quality --json',
      'discomfort run load.json improve.json --input image=@apple.png --iterations 3 --output image=better.png',
    ],
    exitCodes: '0 the run succeeded, 1 it failed, 2 wrong usage, 130 interrupted',
  })
    .argument('<workflow...>', 'JSON, or a PNG or WebP that ComfyUI saved; also prompts ("API format")')
    .option(
      '--input <name=value>',
      'a value for a port or an address; name=@file reads a file, name:=JSON takes JSON; repeatable',
      collect,
    )
    .option(
      '--output <name[=file]>',
      'write the value of a port or an address to a file, or print it; repeatable (default: print all ports)',
      collect,
    )
    .option('--iterations <n>', 'run so many rounds; what OUTPUT ports give in one, INPUT ports take in the next')
    .option('--stitch', 'send several workflows as one prompt')
    .option(
      '--pass-by <way>',
      'val, ref or resident for all outputs, name=ref for one: as data, as how it is made, or alive in the server; repeatable',
      collect,
    )
    .option('--save-dir <folder>', 'copy what output nodes saved (SaveImage …) into a folder')
    .option('--overwrite', 'replace files that are there')
    .option('--timeout <time>', 'give up after this time, the waiting in the queue included: 90, 90s, 5m')
    .option('--execution-timeout <time>', 'give a workflow up that runs longer than this, the waiting not counted')
    .option('--retries <n>', 'send a workflow again up to n times where ComfyUI crashes or is lost')
    .option('-q, --quiet', 'no progress and no notes')
  return addServerOptions(addConversionOptions(command)).action(run)
}

async function run(workflows: readonly string[], options: RunCommandOptions): Promise<void> {
  const overwrite = options.overwrite ?? false
  const assignments = (options.input ?? []).map(parseAssignment)
  const wanted = (options.output ?? []).map(parseOutput)
  const timeout = options.timeout === undefined ? undefined : parseDuration('--timeout', options.timeout)
  const executionTimeout =
    options.executionTimeout === undefined ? undefined : parseDuration('--execution-timeout', options.executionTimeout)
  const retries = options.retries === undefined ? undefined : parseCount('--retries', options.retries)
  const iterations = options.iterations === undefined ? undefined : parseCount('--iterations', options.iterations)
  const passBy = parsePassBy(options.passBy ?? [])
  await refuseExisting(
    wanted.flatMap(({ file }) => file ?? []),
    overwrite,
  )
  await checkFiles(workflows, assignments)
  let progress: Progress | undefined
  const signal = interruption((text) => (progress ? progress.stage(text) : tell(text)))
  const connection = await resolveServer(options)
  const { server, comfyui, python } = connection
  // It may ask and install, which is no place for a line that is redrawn.
  if (server === undefined) await provideComfyUI({ comfyui, python, signal })
  progress = createProgress(workflows, options)
  const onEvent = progress.event
  let discomfort: Discomfort | undefined
  try {
    progress.stage(await startText(connection))
    discomfort = await Discomfort.create({ ...connectorOptions(options), signal, handleSignals: false })
    const context = discomfort.context()
    const running = discomfort.run(workflows, {
      context,
      inputs: await readInputs(assignments, workflows, discomfort, conversionChoices(options)),
      // Of any kind: the file or the text tells what it is.
      outputs: Object.fromEntries(wanted.map(({ name }) => [name, undefined])) as unknown as OutputKinds,
      timeout,
      executionTimeout,
      retries,
      // A terminal shows no pictures.
      previews: false,
      iterations,
      stitch: options.stitch,
      passBy,
      signal,
      ...conversionChoices(options),
      onEvent(event) {
        if (!signal.aborted) onEvent(event)
      },
    })
    const outputs = await running
    progress.end()
    await reportRun({ report: running.report, outputs, context, wanted, options })
  } finally {
    progress.end()
    await discomfort?.close()
  }
}

/** What can be told without a server is told before one is started. */
async function checkFiles(workflows: readonly string[], assignments: readonly Assignment[]): Promise<void> {
  for (const path of workflows) if (!/^https?:/i.test(path)) await readWorkflow(path)
  for (const { form, text } of assignments) if (form === 'file') await refuseUnreadable(text)
}

function createProgress(workflows: readonly string[], { quiet }: RunCommandOptions): Progress {
  if (quiet) return noProgress
  const names = workflows.map((path) => basename(path))
  return process.stderr.isTTY && process.env['TERM'] !== 'dumb'
    ? progressBar(names, process.stderr)
    : progressLines(names)
}

/** Somebody who has a ComfyUI open may well mean that one. */
async function startText(connection: ConnectorOptions): Promise<string> {
  const { server, comfyui } = connection
  if (server !== undefined) return `Attaching to ${createHttp(server).base} …`
  const staying = await findStaying(connection)
  if (staying !== undefined) return `Using the ComfyUI that is up at ${staying} …`
  const open = comfyui === undefined ? await findOpenServer() : undefined
  return open ? `Starting a ComfyUI (one is open already: --server ${open.url} would use it) …` : 'Starting ComfyUI …'
}

async function readInputs(
  assignments: readonly Assignment[],
  workflows: readonly string[],
  { connector }: Discomfort,
  { missingNodes }: ConversionChoices,
): Promise<Record<string, unknown>> {
  if (assignments.length === 0) return {}
  const definitions = await connector.nodeDefinitions()
  const loader = createWorkflowLoader(definitions)
  const loaded = await Promise.all(workflows.map((path) => loader.load(path, { missingNodes })))
  const values: [string, unknown][] = []
  for (const assignment of assignments) {
    // The run itself tells of names that nothing has.
    const type = typeOfInput(assignment.name, loaded, definitions) ?? '*'
    values.push([assignment.name, await readInput(assignment, type)])
  }
  return Object.fromEntries(values)
}
