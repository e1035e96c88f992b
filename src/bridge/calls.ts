import { randomUUID } from 'node:crypto'
import type { ContextStore } from '../context/context-store.ts'
import { contextStore, type WorkflowContext } from '../context/workflow-context.ts'
import type { Discomfort } from '../discomfort.ts'
import { DiscomfortError } from '../errors.ts'

/** One run of one outer node: its values lie in a context of its own, which the outer server writes into and reads from. */
export interface Call {
  readonly id: string
  readonly discomfort: Discomfort
  readonly context: WorkflowContext
  readonly store: ContextStore
}

/** The calls that are open. */
export interface Calls {
  open(discomfort: Discomfort): Call
  /** @throws {@link DiscomfortError} `CLOSED` */
  find(id: string): Call
  close(id: string): Promise<void>
}

export function createCalls(): Calls {
  const calls = new Map<string, Call>()
  return {
    open(discomfort) {
      const context = discomfort.context()
      const store = context[contextStore]
      store.ensureFolders()
      const call = { id: randomUUID(), discomfort, context, store }
      calls.set(call.id, call)
      return call
    },
    find(id) {
      const call = calls.get(id)
      if (call && !call.store.isClosed) return call
      throw new DiscomfortError(
        'CLOSED',
        'This call of a node has ended, or its server was restarted. Queue it again.',
        {
          details: { what: 'call' },
        },
      )
    },
    async close(id) {
      const call = calls.get(id)
      calls.delete(id)
      await call?.context.shutdown()
    },
  }
}
