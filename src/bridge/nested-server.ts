import { Discomfort } from '../discomfort.ts'
import { log } from '../log.ts'
import type { Initialize } from '../schema/bridge.ts'
import { configEnvironment, type BridgeConfig } from './bridge-config.ts'

/** The ComfyUI that is nested in another one: started when it is first needed, and again where that was given up. */
export interface NestedServer {
  /** Waits for it. The start goes on when the caller gives up: the next call needs it too. */
  get(): Promise<Discomfort>
  close(): Promise<void>
}

/**
 * From the same installation and Python as the outer server, with its models and custom nodes, on its own port and with
 * its own database and user and temp folder. What it saves goes to the outer server's output folder.
 */
export function createNestedServer(outer: Initialize, readConfig: () => Promise<BridgeConfig>): NestedServer {
  let started: Promise<Discomfort> | undefined
  let isClosed = false

  async function start(): Promise<Discomfort> {
    const config = await readConfig()
    return Discomfort.create({
      // The working folder is that of saved workflows, where everybody at the page can write.
      config: false,
      comfyui: outer.comfyui,
      python: outer.python,
      args: [...outer.args, ...config.args],
      output: outer.output,
      keepModels: config.keepModels,
      env: {
        ...configEnvironment(config),
        DISCOMFORT_DEPTH: String(outer.depth + 1),
        DISCOMFORT_WORKFLOWS: outer.workflows,
      },
      exclusive: true,
      handleSignals: false,
      onState: (state) => log.info?.({ state }, 'The nested ComfyUI'),
    })
  }

  return {
    async get() {
      const known = await started?.catch(() => undefined)
      if (known?.connector.state === 'failed') {
        // Five deaths in a row: what ails it may be mended by now.
        started = undefined
        await known.close()
      }
      started ??= start()
      const mine = started
      try {
        return await mine
      } catch (error) {
        if (started === mine && !isClosed) started = undefined
        throw error
      }
    },
    async close() {
      isClosed = true
      await (await started?.catch(() => undefined))?.close()
    },
  }
}
