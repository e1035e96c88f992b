import { Worker } from 'node:worker_threads'
import { openValue } from '../../context/user-files/open-value.ts'
import type { StoredValue } from '../../context/stored-value.ts'
import { DiscomfortError, type ErrorDetails } from '../../errors.ts'
import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { Ran, RunScript } from '../../schema/bridge.ts'
import { postJson } from '../../server/http/http.ts'
import type { BridgeConfig } from '../bridge-config.ts'
import type { Call } from '../calls.ts'
import { reportProgress } from '../report-progress.ts'
import { giveOutput } from '../values/give-outputs.ts'
import { withModels } from '../values/hand-over.ts'
import { allowScript } from './allow-script.ts'
import { nameOfScript, scriptError } from './script-failed.ts'
import type { ScriptMessage, ScriptOrder, ScriptTask, ScriptValue } from './script-messages.ts'

/** How long a script that was stopped may take to give up by itself, in milliseconds. */
const grace = 1_000

interface ScriptWork {
  readonly connection: MessageConnection
  readonly call: Call
  readonly params: RunScript
  readonly config: BridgeConfig
  readonly signal: AbortSignal
}

/**
 * Runs a script in a thread of its own, attached to the nested server.
 * @throws {@link DiscomfortError} `SCRIPTS_DISABLED`, `SCRIPT_FAILED`, and what the script's runs throw
 */
export async function runScript({ connection, call, params, config, signal }: ScriptWork): Promise<Ran> {
  const script = await allowScript(params.script, config)
  const inputs: [string, ScriptValue][] = []
  for (const { unique_id: id } of params.inputs) inputs.push([id, await valueOf(call, id)])
  const task: ScriptTask = {
    script,
    folder: config.scriptFolders[0] ?? process.cwd(),
    server: call.discomfort.connector.serverAddress,
    inputs,
    outputs: params.outputs,
    types: params.types,
    previews: params.previews,
    login: params.login,
  }
  // Nobody knows beforehand what a script runs.
  const { result, memory } = await withModels(connection, call, { models: params.models, isNeeded: true }, () =>
    inThread(task, { connection, call, signal }),
  )
  const outputs = params.outputs.map((id) => {
    const value = result.get(id)
    return giveOutput(id, value ? [value] : [])
  })
  return { v: 1, outputs, rounds: 1, warnings: [], memory, files: [] }
}

async function valueOf({ store }: Call, id: string): Promise<ScriptValue> {
  const stored = store.get(id) as StoredValue
  if (stored.recipe) return { recipe: stored.recipe }
  await store.ensureFile(stored)
  return { path: await store.verifiedPath(stored) }
}

async function inThread(
  task: ScriptTask,
  { connection, call, signal }: Pick<ScriptWork, 'connection' | 'call' | 'signal'>,
): Promise<Map<string, StoredValue>> {
  signal.throwIfAborted()
  using report = reportProgress(connection, call.id)
  const thread = new Worker(new URL('script-thread.js', import.meta.url), {
    workerData: task,
    stdout: true,
    stderr: true,
  })
  // Standard output is the connection's own.
  thread.stdout.pipe(process.stderr, { end: false })
  thread.stderr.pipe(process.stderr, { end: false })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const order = (what: ScriptOrder): void => thread.postMessage(what)
  const name = nameOfScript(task.script)
  let value = 0
  return await new Promise<Map<string, StoredValue>>((resolve, reject) => {
    let killing: NodeJS.Timeout | undefined
    const stop = (): void => {
      order('stop')
      killing = setTimeout(() => void kill(thread, call).finally(() => reject(signal.reason as Error)), grace)
    }
    signal.addEventListener('abort', stop, { once: true })
    thread.on('message', (message: ScriptMessage) => {
      switch (message.kind) {
        case 'event':
          return report(message.event, { from: value, size: 0, name: '' })
        case 'progress':
          value = message.value
          return report.tell(message.value, message.text)
        case 'done':
          return void takeBack(call, message.outputs, task.types)
            .then(resolve, reject)
            .finally(() => order('end'))
        case 'failed':
          order('end')
          return reject(again(message))
      }
    })
    thread.once('error', (error) => reject(scriptError(name, 'failed', error.message)))
    thread.once('exit', () => {
      clearTimeout(killing)
      signal.removeEventListener('abort', stop)
      reject(signal.aborted ? (signal.reason as Error) : scriptError(name, 'failed', 'it ended before it had returned'))
    })
  })
}

/** The values of a script's context, copied into that of the call. */
async function takeBack(
  { store }: Call,
  outputs: readonly (readonly [id: string, value: ScriptValue])[],
  types: Readonly<Record<string, string>>,
): Promise<Map<string, StoredValue>> {
  const taken = new Map<string, StoredValue>()
  for (const [id, value] of outputs) {
    if ('recipe' in value) taken.set(id, store.addRecipe(value.recipe))
    else if ('tree' in value) taken.set(id, store.adopt(value.receipt, value.tree))
    else {
      const opened = await openValue(value.path)
      if (opened) taken.set(id, await store.prepare(opened.value, types[id] ?? opened.type, id))
    }
  }
  store.commit(taken)
  return taken
}

/** Ends a thread that does not give up, and what it may have begun on the nested server, which nobody else uses now. */
async function kill(thread: Worker, { discomfort }: Call): Promise<void> {
  await thread.terminate()
  const { http } = discomfort.connector
  await postJson(http, '/queue', '{"clear":true}', { repeatable: true }).catch(() => undefined)
  await postJson(http, '/interrupt', '{}', { repeatable: true }).catch(() => undefined)
}

function again({ code, message, details }: ScriptMessage & { kind: 'failed' }): DiscomfortError {
  return new DiscomfortError(code as keyof ErrorDetails, message, { details: details as never })
}
