import { readFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'
import { DiscomfortError } from '../errors.ts'
import {
  describeSchema,
  initializeSchema,
  runLoopSchema,
  runScriptSchema,
  runWorkflowSchema,
  type BridgeInput,
  type Initialize,
} from '../schema/bridge.ts'
import { orAborted } from '../server/or-aborted.ts'
import { readBridgeConfig } from './bridge-config.ts'
import { createCalls, type Call } from './calls.ts'
import { createNestedServer, type NestedServer } from './nested-server.ts'
import { answer } from './rpc/answer-requests.ts'
import { connectStreams } from './rpc/message-streams.ts'
import { runScript } from './scripts/run-script.ts'
import { takeInputs } from './values/take-inputs.ts'
import { createDescriber } from './workflows/read-described.ts'
import { refuseCircles } from './workflows/refuse-circles.ts'
import { runLoop } from './workflows/run-loop.ts'
import { runWorkflow } from './workflows/run-workflow.ts'

const versionSchema = z.object({ v: z.literal(1) })
const closeSchema = z.object({ v: z.literal(1), call: z.string() })

/**
 * Serves the nodes inside a ComfyUI over two streams, until these close or a shutdown is asked for. It owns the nested
 * server, which ends with it.
 */
export async function serveBridge(input: Readable, output: Writable): Promise<void> {
  const connection = connectStreams(input, output)
  const calls = createCalls()
  const describe = createDescriber()
  let outer: Initialize | undefined
  let nested: NestedServer | undefined

  const known = (): { outer: Initialize; nested: NestedServer } => {
    if (outer && nested) return { outer, nested }
    throw new DiscomfortError('CONFIG_INVALID', 'The first request of a bridge is initialize.', {
      details: { reason: 'not initialized' },
    })
  }
  const readConfig = () => readBridgeConfig(known().outer.user)
  const server = (signal: AbortSignal) => orAborted(known().nested.get(), signal)
  const begin = async (params: { readonly call: string; readonly inputs: readonly BridgeInput[] }): Promise<Call> => {
    const call = calls.find(params.call)
    takeInputs(call, params.inputs)
    return call
  }

  answer(connection, 'initialize', initializeSchema, async (params) => {
    outer = params
    nested = createNestedServer(params, readConfig)
    return { v: 1, discomfort: await packageVersion(), pid: process.pid }
  })
  answer(connection, 'describe', describeSchema, async ({ workflow }, signal) => {
    const { inputs, outputs } = await describe(workflow, await server(signal))
    return { v: 1, inputs, outputs }
  })
  answer(connection, 'open', versionSchema, async (_params, signal) => {
    const { id, store } = calls.open(await server(signal))
    return { v: 1, call: id, context: store.contextId, ram: store.ramLeft }
  })
  answer(connection, 'run', runWorkflowSchema, async (params, signal) => {
    const call = await begin(params)
    await refuseCircles(params.workflow, known().outer.workflows)
    const described = await describe(params.workflow, call.discomfort)
    return runWorkflow({ connection, call, params, described, signal })
  })
  answer(connection, 'loop', runLoopSchema, async (params, signal) => {
    const call = await begin(params)
    await refuseCircles(params.workflow, known().outer.workflows)
    const described = await describe(params.workflow, call.discomfort)
    return runLoop({ connection, call, params, described, signal })
  })
  answer(connection, 'script', runScriptSchema, async (params, signal) => {
    workIn(known().outer.workflows)
    return runScript({ connection, call: await begin(params), params, config: await readConfig(), signal })
  })
  answer(connection, 'ping', versionSchema, async () => ({ v: 1 }))
  connection.onNotification('close', (given: unknown) => {
    const parsed = closeSchema.safeParse(given)
    if (parsed.success) void calls.close(parsed.data.call)
  })

  await new Promise<void>((resolve) => {
    answer(connection, 'shutdown', versionSchema, async () => {
      await nested?.close()
      // The answer goes out first.
      setImmediate(resolve)
      return { v: 1 }
    })
    connection.onClose(resolve)
    // A stream that breaks ends the same as one that closes.
    connection.onError(() => undefined)
    connection.listen()
  })
  connection.dispose()
  await nested?.close()
}

/** Scripts name workflows by paths that begin there. */
function workIn(workflows: string): void {
  try {
    process.chdir(workflows)
  } catch {
    // Nothing was saved in the page yet.
  }
}

/** The same place from `src` and `dist`. */
async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
