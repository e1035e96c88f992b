import type { ContextStore } from '../context/context-store.ts'
import type { StoreRoots } from '../context/places/store-roots.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { RemoteExchange } from './remote-exchange.ts'
import { sharedExchange } from './shared-exchange.ts'
import type { ValueExchange } from './value-exchange.ts'

/** Gives for each context the way between it and one server; what was sent there once is known from then on. */
export function createExchanges(
  connector: ComfyConnector,
  roots: StoreRoots | undefined,
): (store: ContextStore) => ValueExchange {
  const known = new WeakMap<ContextStore, ValueExchange>()
  return (store) => {
    const exchange =
      known.get(store) ?? (sees(roots, store) ? sharedExchange(store) : new RemoteExchange(connector, store))
    known.set(store, exchange)
    return exchange
  }
}

/** Whether a server that sees these roots sees all places in which values of a context may lie. */
function sees(roots: StoreRoots | undefined, { folders: { roots: used } }: ContextStore): boolean {
  return roots?.disk === used.disk && (used.ram === undefined || used.ram === roots.ram)
}
