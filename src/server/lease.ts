import type { ConnectorOptions } from './connector-options.ts'
import { ComfyConnector } from './connector.ts'
import { orAborted } from './or-aborted.ts'

/** One handle on a server that several may share. */
export interface Lease {
  readonly connector: ComfyConnector
  /** Gives the handle back; the last one stops the server. */
  release(): Promise<void>
}

interface Shared {
  readonly connector: Promise<ComfyConnector>
  /** Gives the start up: nobody waits for it any more. */
  readonly giveUp: AbortController
  holders: number
}

const servers = new Map<string, Shared>()

/**
 * A connector for this configuration: equal ones share one server, counted; `exclusive` ones have their own.
 * A server that has ended is not given out again. `onState` is told its states until the handle is given back.
 */
export async function leaseConnector(
  options: Omit<ConnectorOptions, 'onState'>,
  exclusive: boolean,
  onState?: ConnectorOptions['onState'],
): Promise<Lease> {
  onState?.('starting')
  try {
    const lease = await takeLease(options, exclusive)
    const leave = onState && lease.connector.watchState(onState)
    return { connector: lease.connector, release: () => lease.release().finally(leave) }
  } catch (error) {
    onState?.('failed')
    throw error
  }
}

async function takeLease(options: ConnectorOptions, exclusive: boolean): Promise<Lease> {
  if (exclusive) {
    const connector = await ComfyConnector.create({ ...options, exclusive: true })
    return { connector, release: () => connector.shutdown() }
  }
  const { signal: _signal, startTimeout: _startTimeout, ...configuration } = options
  const key = configurationKey({ ...configuration, env: configurationKey(configuration.env ?? {}) })
  const shared = servers.get(key) ?? startShared(options)
  servers.set(key, shared)
  shared.holders += 1
  const leave = (): boolean => {
    shared.holders -= 1
    const isLast = shared.holders === 0
    if (isLast && servers.get(key) === shared) servers.delete(key)
    return isLast
  }
  let connector: ComfyConnector
  try {
    connector = await orAborted(shared.connector, options.signal)
  } catch (error) {
    if (leave()) {
      shared.giveUp.abort(error)
      await shared.connector.then(
        (started) => started.shutdown(),
        () => undefined,
      )
    }
    throw error
  }
  if (connector.state === 'failed' || connector.state === 'stopped') {
    if (servers.get(key) === shared) servers.delete(key)
    leave()
    return takeLease(options, false)
  }
  let released: Promise<void> | undefined
  return {
    connector,
    release: () => (released ??= leave() ? connector.shutdown() : Promise.resolve()),
  }
}

/** Others may wait for this start, so the signal of one caller does not end it. */
function startShared(options: ConnectorOptions): Shared {
  const giveUp = new AbortController()
  return { connector: ComfyConnector.create({ ...options, signal: giveUp.signal }), giveUp, holders: 0 }
}

/** The same text for the same settings in any order. */
function configurationKey(settings: object): string {
  return JSON.stringify(Object.entries(settings).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
