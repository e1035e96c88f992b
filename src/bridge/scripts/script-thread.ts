/** The thread of one script: a loop in it that never ends cannot keep anybody else from working, and it can be ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { contextStore, type WorkflowContext } from '../../context/workflow-context.ts'
import { Reference } from '../../context/reference.ts'
import { Discomfort } from '../../discomfort.ts'
import { isDiscomfortError } from '../../errors.ts'
import { loadScript } from './load-script.ts'
import { nameOfScript, scriptError, scriptThrew } from './script-failed.ts'
import type { ScriptMessage, ScriptOrder, ScriptTask, ScriptValue } from './script-messages.ts'

const task = workerData as ScriptTask
const name = nameOfScript(task.script)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
const tell = (message: ScriptMessage): void => parentPort?.postMessage(message)
const controller = new AbortController()
const ended = new Promise<void>((resolve) => {
  parentPort?.on('message', (order: ScriptOrder) => {
    if (order === 'stop') controller.abort()
    resolve()
  })
})

const discomfort = await Discomfort.create({ server: task.server, config: false, handleSignals: false })
try {
  controller.signal.addEventListener('abort', () => void discomfort.close(), { once: true })
  tell({ kind: 'done', outputs: await run() })
} catch (error) {
  const { code, message, details } = isDiscomfortError(error) ? error : scriptThrew(name, error)
  tell({ kind: 'failed', code, message, details })
}
await ended
await discomfort.close()
// Whatever the script left open does not keep the thread.
process.exit(0)

async function run(): Promise<[string, ScriptValue][]> {
  equip(discomfort)
  const script = await loadScript(task.script, task.folder)
  const context = discomfort.context()
  for (const [id, value] of task.inputs) await bring(context, id, value)
  const inputs: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [id] of task.inputs) inputs[id] = await context.load(id)
  // Scripts may be plain JavaScript.
  const progress = (value: unknown, text: unknown = ''): void =>
    tell({ kind: 'progress', value: Math.min(1, Math.max(0, Number(value) || 0)), text: String(text) })
  const given = await script({ inputs, context, discomfort, signal: controller.signal, progress })
  return takeOut(given)
}

/** The runs that the script begins are shown on the node, and paid by who queued it. */
function equip(handle: Discomfort): void {
  const { previews, login } = task
  const run = handle.run.bind(handle)
  const map = handle.map.bind(handle)
  handle.map = (workflows, items, options) => map(workflows, items, { login, ...options })
  handle.run = (workflows, options) =>
    run(workflows, {
      previews,
      login,
      ...options,
      onEvent(event) {
        tell({ kind: 'event', event })
        options?.onEvent?.(event)
      },
    })
}

async function bring(context: WorkflowContext, id: string, value: ScriptValue): Promise<void> {
  if ('recipe' in value) await context.save(id, new Reference(value.recipe))
  else if ('path' in value) await context.importData(id, value.path)
}

/** What the script returned, as files or trees of a context that is there until the thread ends. */
async function takeOut(given: unknown): Promise<[string, ScriptValue][]> {
  if (task.outputs.length === 0) return []
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw scriptError(name, 'failed', `it has to return an object with ${task.outputs.join(', ')}`)
  const store = discomfort.context()[contextStore]
  const taken: [string, ScriptValue][] = []
  for (const id of task.outputs) {
    const value = (given as Record<string, unknown>)[id]
    if (value === undefined)
      throw scriptError(
        name,
        'failed',
        `what it returns has no "${id}" (null blocks an output); it has ${Object.keys(given).join(', ') || 'nothing'}`,
      )
    if (value === null) continue
    const stored = await store.prepare(value, task.types[id], id)
    store.commit([[id, stored]])
    const { recipe, receipt, tree } = stored
    if (recipe) taken.push([id, { recipe }])
    else if (tree === undefined) taken.push([id, { path: await store.verifiedPath(stored) }])
    else taken.push([id, { receipt, tree }])
  }
  return taken
}
