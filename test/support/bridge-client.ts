import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node'
import type { Progress } from '../../src/schema/bridge.ts'

/** A bridge as its own process, and the other end of its streams. */
export interface BridgeClient extends AsyncDisposable {
  readonly connection: MessageConnection
  readonly process: ChildProcess
  readonly progress: Progress[]
  /** How often it asked for room for models. */
  readonly asked: { room: number }
}

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Starts `discomfort bridge` of the built library. */
export function startBridge(env: NodeJS.ProcessEnv = process.env): BridgeClient {
  const child = spawn(process.execPath, [cli, 'bridge'], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  const progress: Progress[] = []
  const asked = { room: 0 }
  connection.onNotification('progress', (told: Progress) => void progress.push(told))
  connection.onRequest('makeRoom', () => {
    asked.room += 1
    return { v: 1, freed: 5_000_000 }
  })
  connection.listen()
  return {
    connection,
    process: child,
    progress,
    asked,
    async [Symbol.asyncDispose]() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined
      child.stdin.end()
      await ended
      connection.dispose()
    },
  }
}
