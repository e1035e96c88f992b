import { inOrder } from '../prompt/in-order.ts'
import { isPromptLink, type Prompt, type PromptNode } from '../prompt/prompt.ts'
import { saverClass, type FakeJob } from './fake-job.ts'

/** What a stand-in for a node knows beside its inputs. */
export interface FakeNodeContext {
  /** The id of the node. */
  readonly node: string
  readonly job: FakeJob
}

/**
 * Stands in for the nodes of one class: takes the inputs, links replaced by what they bring, and gives the outputs in their
 * order. What it throws is an `execution_error` of this node; after a cancel it counts as interrupted. A node that takes
 * long should listen to `job.signal`.
 */
export type FakeNode = (
  inputs: Readonly<Record<string, unknown>>,
  context: FakeNodeContext,
) => readonly unknown[] | void | Promise<readonly unknown[] | void>

/** What stands-in are to be run, and what they take from the server. */
export interface NodeRunner {
  readonly nodes: Readonly<Record<string, FakeNode>>
  /** The value that a loader of the pack stands for. */
  readonly load: (version: string) => unknown
}

const loaderClass = 'DiscomfortContextLoader'

/** An output that blocks what takes it. */
class Blocker {
  readonly message: string | undefined

  constructor(message: string | undefined) {
    this.message = message
  }
}

/**
 * An output of a stand-in that blocks all nodes that take it, as ComfyUI's ExecutionBlocker does. With a message the server
 * calls that an error on its socket, and goes on.
 */
export function blocker(message?: string): unknown {
  return new Blocker(message)
}

/** Runs through all nodes, each behind those that it takes from. */
export async function runNodes(job: FakeJob, { nodes, load }: NodeRunner, skipped: ReadonlySet<string>): Promise<void> {
  const { prompt } = job
  const given = new Map<string, readonly unknown[]>()
  job.cached()
  for (const id of inOrder(prompt, neededNodes(prompt, skipped))) {
    if (job.signal.aborted) return job.interrupted()
    const node = prompt[id] as PromptNode
    job.executing(id)
    const inputs = inputsOf(node, given)
    const blocked = Object.values(inputs).find((value) => value instanceof Blocker)
    try {
      if (blocked) {
        if (blocked.message !== undefined) job.blocked(id, blocked.message)
        given.set(id, [new Blocker(undefined)])
      } else given.set(id, await outputsOf(node, { node: id, job }, inputs))
    } catch (error) {
      if (job.signal.aborted) return job.interrupted()
      const { name = 'Error', message = String(error) } = error as Partial<Error>
      return job.fail({ node: id, type: name, message })
    }
  }
  if (job.signal.aborted) job.interrupted()
  else job.succeed()

  async function outputsOf(
    { class_type, inputs: drawn }: PromptNode,
    context: FakeNodeContext,
    inputs: Readonly<Record<string, unknown>>,
  ): Promise<readonly unknown[]> {
    if (class_type === loaderClass) return [load(String(drawn['version']))]
    if (class_type !== saverClass) {
      const run = nodes[class_type]
      return run ? ((await run(inputs, context)) ?? []) : []
    }
    const { value } = inputs
    const [uniqueId, type] = [String(drawn['unique_id']), String(drawn['type'])]
    // What nobody stands in for is a 1, whatever it should be.
    if (isPromptLink(drawn['value']) && value !== undefined) await job.give(uniqueId, value, type)
    else job.save(uniqueId, type === '*' ? 'INT' : type, typeof value === 'string' ? value : { int: '1' })
    return []
  }
}

/** The outputs that pass, and what these take from; without any that does not, all nodes. */
function neededNodes(prompt: Prompt, skipped: ReadonlySet<string>): string[] {
  const ids = Object.keys(prompt)
  if (skipped.size === 0) return ids
  const taken = new Set(ids.flatMap((id) => Object.values(prompt[id]?.inputs ?? {}).filter(isPromptLink)).map(String))
  return ids.filter((id) => !skipped.has(id) && ![...taken].some((link) => link.startsWith(`${id},`)))
}

function inputsOf({ inputs }: PromptNode, given: ReadonlyMap<string, readonly unknown[]>): Record<string, unknown> {
  const brought = (value: unknown): unknown => {
    if (!isPromptLink(value)) return value
    const [source, slot] = value
    const outputs = given.get(source) ?? []
    return outputs.length === 1 && outputs[0] instanceof Blocker ? outputs[0] : outputs[slot]
  }
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, brought(value)]))
}
