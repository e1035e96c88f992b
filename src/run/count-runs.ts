import { resolve } from 'node:path'
import { pathOf, type WorkflowSource } from './loaded-workflow.ts'

/** Counts the runs of each workflow: files by their address, parsed ones by identity. Gives how many went before. */
export function countRuns(): (source: WorkflowSource) => number {
  const files = new Map<string, number>()
  const objects = new WeakMap<object, number>()
  return (source) => {
    const address = addressOf(source)
    const before = (address === undefined ? objects.get(source as object) : files.get(address)) ?? 0
    if (address === undefined) objects.set(source as object, before + 1)
    else files.set(address, before + 1)
    return before
  }
}

function addressOf(source: WorkflowSource): string | undefined {
  const path = pathOf(source)
  if (path !== undefined) return resolve(path)
  return typeof source === 'string' || source instanceof URL ? String(source) : undefined
}
