import { setTimeout as sleep } from 'node:timers/promises'
import type { StayingRecord } from '../../schema/staying-server.ts'
import { isDead } from '../../process-owner.ts'
import type { Installation } from '../install/installation.ts'
import type { ManagedServer, ManagedServerOptions } from '../launch/managed-server.ts'
import { askServer, silentServer } from './ask-server.ts'
import { identifyServer } from './identify.ts'
import { fittingRecords, readRecord } from './records.ts'
import { watchProcess } from './watch-process.ts'

/** A ComfyUI of `discomfort up`, in the shape of one that we started: `stop` lets it be. */
export interface StayingServer extends ManagedServer {
  readonly stays: true
  readonly installation: Installation
}

/**
 * The server of `discomfort up` that this configuration means, if there is one. One that starts is waited for.
 * @throws {@link DiscomfortError} `SERVER_UNREACHABLE` where it runs and does not answer
 */
export async function findStayingServer(options: ManagedServerOptions): Promise<StayingServer | undefined> {
  const identity = identifyServer(options)
  for (const record of await fittingRecords(identity)) {
    const found = await join(record, options)
    if (found) return found
  }
  return undefined
}

async function join(found: StayingRecord, options: ManagedServerOptions): Promise<StayingServer | undefined> {
  const record = found.state === 'starting' ? await afterStart(found, options.signal) : found
  const answer = record && (await askServer(record, options))
  if (record && answer?.kind === 'silent') throw silentServer(record, answer.reason)
  if (!record || answer?.kind !== 'answers') return undefined
  const watched = watchProcess(record.server)
  return {
    stays: true,
    installation: options.installation,
    http: answer.http,
    handshake: answer.handshake,
    process: watched,
    logFile: record.logFile,
    ownFolder: record.ownFolder,
    stop: () => Promise.resolve(watched.stopWatching()),
  }
}

/** The record once the server is ready. Undefined where its start is given up. */
async function afterStart(
  { key, nonce }: StayingRecord,
  signal: AbortSignal | undefined,
): Promise<StayingRecord | undefined> {
  for (;;) {
    signal?.throwIfAborted()
    const record = await readRecord(key)
    if (record?.nonce !== nonce || isDead(record.starter) || isDead(record.server)) return undefined
    if (record.state === 'ready') return record
    await sleep(100, undefined, signal ? { signal } : undefined)
  }
}
