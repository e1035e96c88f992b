import { Console } from 'node:console'
import { Command } from 'commander'
import { serveBridge } from '../bridge/serve-bridge.ts'

/**
 * How long an orderly end may take once the outer ComfyUI is gone, in milliseconds. What is left then ends with the
 * process: the nested server at most two seconds later, by its guard.
 */
const patience = 500

/** Not for people: the nodes inside a ComfyUI start it and speak to it over its standard streams. */
export function bridgeCommand(): Command {
  return new Command('bridge')
    .description('what nodes inside ComfyUI start to run workflows on a nested server (not for the command line)')
    .action(bridge)
}

async function bridge(): Promise<void> {
  // Standard output belongs to the messages.
  globalThis.console = new Console(process.stderr, process.stderr)
  // Whoever started us is gone when the streams close, and so shall we be.
  process.stdin.once('close', () => setTimeout(() => process.exit(1), patience).unref())
  process.on('unhandledRejection', (reason) => console.error('unhandled rejection:', reason))
  await serveBridge(process.stdin, process.stdout)
  process.exit(0)
}
