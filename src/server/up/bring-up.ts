import { join } from 'node:path'
import { ownerOf, ownOwner } from '../../process-owner.ts'
import type { StayingRecord } from '../../schema/staying-server.ts'
import { holdFileLock } from '../file-lock.ts'
import { startManagedServer, type Launch, type ManagedServerOptions } from '../launch/managed-server.ts'
import { giveOwnFolder } from '../launch/own-folder.ts'
import { askServer, silentServer } from './ask-server.ts'
import { identifyServer, type ServerIdentity } from './identify.ts'
import { fittingRecords, recordsFolder, removeRecord, writeRecord } from './records.ts'
import { forget, takeDown } from './take-down.ts'

/** A server that is up. */
export interface BroughtUp {
  readonly record: StayingRecord
  /** The version of its ComfyUI. */
  readonly version: string
  /** It was up before. */
  readonly wasUp: boolean
  /** What was found of servers that had ended, and is gone now. */
  readonly removed: readonly StayingRecord[]
}

/**
 * Starts a ComfyUI that stays when this process ends, and waits until it is ready; one of the same configuration that is
 * up does as well. Of several calls at once, in any processes, one starts it and the others wait.
 *
 * @throws {@link DiscomfortError} `SERVER_START_FAILED`, `SERVER_UNREACHABLE` where it is up and does not answer
 */
export async function bringUp(options: ManagedServerOptions): Promise<BroughtUp> {
  const identity = identifyServer(options)
  await using _lock = await holdFileLock(join(await recordsFolder(), `${identity.key}.lock`), options.signal)
  const removed: StayingRecord[] = []
  for (const record of await fittingRecords(identity)) {
    // Whoever started it has the lock while it does; so he is dead, and the server on its way to be.
    if (record.state === 'starting') {
      if (record.key !== identity.key) continue
      await takeDown(record)
      removed.push(record)
      continue
    }
    const answer = await askServer(record, options)
    if (answer.kind === 'answers') return { record, version: answer.handshake.comfyui, wasUp: true, removed }
    if (answer.kind === 'silent') throw silentServer(record, answer.reason)
    if (answer.kind === 'gone') {
      await forget(record)
      removed.push(record)
    }
  }
  return { ...(await start(options, identity)), wasUp: false, removed }
}

async function start(
  options: ManagedServerOptions,
  identity: ServerIdentity,
): Promise<{ record: StayingRecord; version: string }> {
  let launched: StayingRecord | undefined
  try {
    const server = await startManagedServer({
      ...options,
      async onLaunch(launch) {
        launched = recordOf(launch, identity)
        await writeRecord(launched)
        await giveOwnFolder(launch.ownFolder, launch.pid)
      },
    })
    const record: StayingRecord = { ...(launched as unknown as StayingRecord), state: 'ready' }
    try {
      await writeRecord(record)
    } catch (error) {
      await server.stop()
      throw error
    }
    // Until now it would have ended with us.
    await server.process.release()
    return { record, version: server.handshake.comfyui }
  } catch (error) {
    if (launched) await removeRecord(launched)
    throw error
  }
}

function recordOf({ pid, port, nonce, logFile, ownFolder }: Launch, identity: ServerIdentity): StayingRecord {
  return {
    v: 1,
    state: 'starting',
    server: ownerOf(pid),
    starter: ownOwner(),
    nonce,
    address: `http://127.0.0.1:${port}`,
    logFile,
    ownFolder,
    started: new Date().toISOString(),
    ...identity,
  }
}
