import type { Reference } from '../context/reference.ts'
import type { WorkflowContext } from '../context/workflow-context.ts'
import type { RunReport } from '../run/run.ts'
import { describeValue } from './describe-value.ts'
import { exactJson } from './exact-json.ts'
import { exportOutput } from './export-output.ts'
import type { WantedOutput } from './parse-output.ts'
import type { RunCommandOptions } from './run-command.ts'
import { saveFiles, type SavedFile } from './save-files.ts'
import { print, printable, tell } from './write.ts'

interface Finished {
  readonly report: RunReport
  readonly outputs: Readonly<Record<string, unknown>>
  readonly context: WorkflowContext
  readonly wanted: readonly WantedOutput[]
  readonly options: RunCommandOptions
}

interface ReportedOutput {
  readonly type: string
  readonly list: boolean
  readonly dtype: string | null
  readonly shape: readonly number[] | null
  /** Left out where the value is one tensor. */
  readonly value?: unknown
  readonly files: readonly string[]
}

/** Writes the outputs that go to files, copies what was saved, and prints it all. */
export async function reportRun({ report, outputs, context, wanted, options }: Finished): Promise<void> {
  const overwrite = options.overwrite ?? false
  const names = wanted.length > 0 ? [...new Set(wanted.map(({ name }) => name))] : Object.keys(outputs)
  const reported: [string, ReportedOutput][] = []
  for (const name of names) {
    const files: string[] = []
    for (const { file } of wanted.filter((one) => one.name === name && one.file !== undefined))
      files.push(...(await exportOutput(context, name, file as string, overwrite)))
    const { type, list, dtype, shape } = context.getStorageInfo(name)
    const value = shape === null ? { value: describeValue(outputs[name]) } : {}
    reported.push([name, { type, list, dtype, shape, ...value, files }])
  }
  const saved = await saveFiles(report.files, options.saveDir, overwrite)
  if (options.json) return print(exactJson({ ...report, outputs: Object.fromEntries(reported), files: saved }))
  for (const [name, output] of reported) print(outputText(name, output))
  for (const file of saved) print(fileText(file))
  if (options.quiet) return
  for (const { title, node, input, value } of report.seeds)
    tell(`seed: "${printable(title)}" (node ${printable(node)}) ${printable(input)} = ${exactJson(value)}`)
  for (const { uniqueId, title, reason, workflow } of report.skipped)
    tell(`The OUTPUT port "${printable(uniqueId)}" ("${printable(title)}" of ${workflow}) gave nothing: ${reason}`)
}

function outputText(name: string, { type, list, dtype, shape, value, files }: ReportedOutput): string {
  const what = shape ? `${list ? 'list of ' : ''}${type} ${shape.join('×')} ${dtype}` : valueText(value)
  return `${printable(name)}: ${what}${files.length > 0 ? ` → ${files.join(', ')}` : ''}`
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (!isReference(value)) return exactJson(value)
  const nodes = value.nodes.map(({ title, workflow }) => `"${title}" of ${workflow}`)
  return printable(`${value.reference} by reference: ${nodes.slice(-3).join(' ← ')}${nodes.length > 3 ? ' ← …' : ''}`)
}

function isReference(value: unknown): value is ReturnType<Reference['toJSON']> {
  return typeof value === 'object' && value !== null && 'reference' in value && 'nodes' in value
}

function fileText({ title, path, url, savedTo }: SavedFile): string {
  return `saved by "${printable(title)}": ${savedTo ?? path ?? url}`
}
