import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { isValueSocket, portClass } from '../ports/port.ts'
import { type SaverEntry, saverEntrySchema } from '../schema/saver-entry.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import type { TaggedJson } from '../values/tagged-json.ts'
import type { Executed } from './execute-plan.ts'
import type { JoinedWorkflow } from './join-workflows.ts'
import type { LoadedWorkflow } from './loaded-workflow.ts'
import type { RunPlan } from './run-plan.ts'
import type { SkippedOutput } from './run.ts'

/** A prompt that was executed. */
interface Finished {
  readonly plan: RunPlan
  readonly executed: Executed
  readonly joined: JoinedWorkflow
}

/**
 * What the savers of a finished prompt told, by the key of the output.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`
 */
export function readEntries(plan: RunPlan, executed: Executed): Map<string, SaverEntry> {
  const entries = new Map<string, SaverEntry>()
  for (const { key, node } of plan.outputs) {
    const told = executed.outputs.get(node)?.['discomfort']
    if (told === undefined) continue
    const entry = Array.isArray(told) ? saverEntrySchema.safeParse(told[0]).data : undefined
    if (!entry) throw corruptValue(`of the output "${key}"`, 'the server tells of it in a form that is not known')
    entries.set(key, entry)
  }
  return entries
}

/**
 * The values of these entries, taken into the context.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`
 */
export function collectOutputs(
  entries: ReadonlyMap<string, SaverEntry>,
  store: ContextStore,
): Map<string, StoredValue> {
  const values = new Map<string, StoredValue>()
  for (const [key, { receipt, tree, resident }] of entries)
    values.set(key, resident ? store.adoptResident(receipt) : store.adopt(receipt, tree as TaggedJson | undefined))
  return values
}

/** The outputs that gave nothing, since what they take was blocked. */
export function blockedOutputs(
  values: ReadonlyMap<string, StoredValue>,
  { plan, executed, joined }: Finished,
): SkippedOutput[] {
  return plan.outputs.flatMap(({ key, node }) => {
    if (values.has(key)) return []
    const title = executed.prompt[node]?._meta?.title ?? ''
    return [{ uniqueId: key, ...joined.originOf(node), title, reason: 'blocked' as const }]
  })
}

/** OUTPUT ports that were drawn but muted or bypassed: they are not in the prompt, so the drawing tells. */
export function disabledPorts({ workflow, name }: LoadedWorkflow): SkippedOutput[] {
  return (workflow?.nodes ?? []).flatMap((node) => {
    const isOff = node.mode === 2 || node.mode === 4
    const isOutput =
      node.inputs?.some((input) => isValueSocket(input.name) && typeof input.link === 'number') &&
      !node.outputs?.some((output) => output.links?.length)
    if (node.type !== portClass || !isOff || !isOutput) return []
    const [uniqueId] = Array.isArray(node.widgets_values) ? (node.widgets_values as unknown[]) : []
    return [
      {
        uniqueId: typeof uniqueId === 'string' ? uniqueId : '',
        node: String(node.id),
        title: node.title ?? portClass,
        workflow: name,
        reason: node.mode === 2 ? ('muted' as const) : ('bypassed' as const),
      },
    ]
  })
}
