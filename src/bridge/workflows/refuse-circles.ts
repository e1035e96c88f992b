import { basename, isAbsolute, join } from 'node:path'
import { DiscomfortError, isDiscomfortError } from '../../errors.ts'
import { readWorkflow } from '../../files/read-workflow.ts'

/** The classes that run workflow files, and which of their widgets names them. */
const runners: Readonly<Record<string, { readonly widget: string; readonly index: number }>> = {
  DiscomfortTestRunner: { widget: 'workflow_path', index: 0 },
  DiscomfortLoop: { widget: 'workflow_path', index: 0 },
  DiscomfortSwitch: { widget: 'workflows', index: 1 },
}

/**
 * Refuses a workflow that runs itself, by way of whatever others. Paths that come in over links are not known before;
 * of those the depth of nesting is limited.
 * @throws {@link DiscomfortError} `WORKFLOW_CYCLE`
 */
export async function refuseCircles(path: string, folder: string): Promise<void> {
  const seen = new Set<string>()
  async function visit(file: string, chain: readonly string[]): Promise<void> {
    if (chain.includes(file)) throw circle([...chain.slice(chain.indexOf(file)), file])
    if (seen.has(file)) return
    for (const name of await namedIn(file)) await visit(isAbsolute(name) ? name : join(folder, name), [...chain, file])
    seen.add(file)
  }
  await visit(path, [])
}

/** The workflow files that the nodes of a file name. One that cannot be read is told when it is run. */
async function namedIn(file: string): Promise<string[]> {
  const read = await readWorkflow(file).catch((error: unknown) => {
    if (isDiscomfortError(error)) return undefined
    throw error
  })
  if (!read) return []
  if (read.kind === 'prompt')
    return Object.values(read.prompt).flatMap(({ class_type, inputs }) =>
      pathsOf(inputs[runners[class_type]?.widget ?? '']),
    )
  const graphs = [read.workflow, ...(read.workflow.definitions?.subgraphs ?? [])]
  return graphs.flatMap(({ nodes }) =>
    (nodes ?? []).flatMap(({ type, widgets_values: values }) => {
      const runner = runners[type]
      return runner && Array.isArray(values) ? pathsOf((values as unknown[])[runner.index]) : []
    }),
  )
}

/** A drive of Windows (C:\…) is no value. */
const valueBefore = /^(?![A-Za-z]:[\\/])[^:]*:\s*/

/** One path, or in a switch a line for each: `value: path`. */
function pathsOf(text: unknown): string[] {
  if (typeof text !== 'string') return []
  return text
    .split('\n')
    .map((line) => line.replace(valueBefore, '').trim())
    .filter((line) => line !== '')
}

function circle(chain: readonly string[]): DiscomfortError<'WORKFLOW_CYCLE'> {
  const names = chain.map((file) => basename(file))
  return new DiscomfortError(
    'WORKFLOW_CYCLE',
    `A workflow runs itself: ${names.join(' → ')}. Choose another workflow in one of these.`,
    { details: { nodes: names } },
  )
}
