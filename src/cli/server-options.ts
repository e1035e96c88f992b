import type { Command } from 'commander'
import { resolveOptions } from '../config/resolve-options.ts'
import type { ConnectorOptions } from '../server/connector.ts'
import { collect } from './create-command.ts'

/** Which ComfyUI a command uses, as commander reads it. */
export interface ServerOptions {
  readonly server?: string
  readonly token?: string
  readonly comfyui?: string
  readonly python?: string
  readonly arg?: string[]
}

export function addServerOptions(command: Command): Command {
  return command
    .option('--server <address>', 'a running ComfyUI to use, e.g. http://127.0.0.1:8188 (default: DISCOMFORT_SERVER)')
    .option('--token <token>', 'a bearer token for that server (default: DISCOMFORT_TOKEN)')
    .option('--comfyui <folder>', 'the ComfyUI to start (default: DISCOMFORT_COMFYUI, a known place, the managed one)')
    .option('--python <file>', 'the Python that runs it (default: DISCOMFORT_PYTHON, the one beside it)')
    .option(
      '--arg <argument>',
      'an argument for the ComfyUI that is started, e.g. --arg --lowvram; repeatable',
      collect,
    )
}

/** The same for the library, with what the environment and the config file say where nothing was given. */
export async function resolveServer(options: ServerOptions): Promise<ConnectorOptions> {
  const { apiKey: _apiKey, exclusive: _exclusive, ...connection } = await resolveOptions(connectorOptions(options))
  return connection
}

/** The same for the library. What was not given is left out. */
export function connectorOptions({ server, token, comfyui, python, arg }: ServerOptions): ConnectorOptions {
  return {
    ...(server === undefined ? {} : { server }),
    ...(token === undefined ? {} : { token }),
    ...(comfyui === undefined ? {} : { comfyui }),
    ...(python === undefined ? {} : { python }),
    ...(arg === undefined ? {} : { args: arg }),
  }
}
