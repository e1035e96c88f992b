import type { ContextStore } from '../context/context-store.ts'
import { needsFiles, type ValueExchange } from './value-exchange.ts'

/** For a server that sees our store: values stay where they are, and both read and write them there. */
export function sharedExchange(store: ContextStore): ValueExchange {
  return {
    async provide(loads, outputs) {
      if (!needsFiles(loads, outputs)) return
      store.ensureFolders()
      for (const value of loads) await store.ensureFile(value)
    },
    note: (reads, useRam) => ({ digests: store.digestsOf(reads), ram: useRam ? store.ramLeft : 0 }),
    async take() {},
  }
}
