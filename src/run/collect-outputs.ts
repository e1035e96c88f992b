import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { isValueSocket, portClass } from '../ports/port.ts'
import { saverEntrySchema } from '../schema/saver-entry.ts'
import { corruptValue } from '../values/corrupt-value.ts'
import type { TaggedJson } from '../values/tagged-json.ts'
import type { Executed } from './execute-plan.ts'
import type { JoinedWorkflow } from './join-workflows.ts'
import type { LoadedWorkflow } from './loaded-workflow.ts'
import type { RunPlan } from './run-plan.ts'
import type { SkippedOutput } from './run.ts'

/**
 * The values that the savers of a finished prompt told of, and the OUTPUT ports that gave none.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`
 */
export function collectOutputs(
  plan: RunPlan,
  executed: Executed,
  joined: JoinedWorkflow,
  store: ContextStore,
): { values: Map<string, StoredValue>; skipped: SkippedOutput[] } {
  const values = new Map<string, StoredValue>()
  const skipped: SkippedOutput[] = []
  for (const { key, node } of plan.outputs) {
    const told = executed.outputs.get(node)?.['discomfort']
    if (told !== undefined) {
      const entry = Array.isArray(told) ? saverEntrySchema.safeParse(told[0]).data : undefined
      if (!entry) throw corruptValue(`of the output "${key}"`, 'the server tells of it in a form that is not known')
      const { receipt, tree, resident } = entry
      values.set(key, resident ? store.adoptResident(receipt) : store.adopt(receipt, tree as TaggedJson | undefined))
    } else
      skipped.push({
        uniqueId: key,
        ...joined.originOf(node),
        title: executed.prompt[node]?._meta?.title ?? '',
        reason: 'blocked',
      })
  }
  return { values, skipped }
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
