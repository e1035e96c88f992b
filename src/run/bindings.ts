import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'

/** Where the ports of a run take their values from, and where they put them. */
export interface Bindings {
  get(key: string): StoredValue | undefined
  /** Binds values to keys, all of them or none. */
  commit(entries: Iterable<readonly [key: string, stored: StoredValue]>): void
  /** Lets go of what only this run needed. */
  end(): void
}

/** A run in a context: what it gives is there for all later runs. */
export function sharedBindings(store: ContextStore): Bindings {
  return { get: (key) => store.get(key), commit: (entries) => store.commit(entries), end: () => undefined }
}

/** A run for itself on top of a context: it sees what is there and changes nothing. */
export function ownBindings(store: ContextStore): Bindings {
  const own = new Map<string, { readonly value: StoredValue; readonly release: () => void }>()
  return {
    get: (key) => own.get(key)?.value ?? store.get(key),
    commit(entries) {
      const held = [...entries].map(([key, value]) => [key, { value, release: store.hold(value) }] as const)
      for (const [key, entry] of held) {
        own.get(key)?.release()
        own.set(key, entry)
      }
    },
    end() {
      for (const { release } of own.values()) release()
      own.clear()
    },
  }
}
