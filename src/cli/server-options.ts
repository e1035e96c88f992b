import type { Command } from 'commander'
import { resolveOptions } from '../config/resolve-options.ts'
import type { ConnectorOptions } from '../server/connector-options.ts'
import { collect } from './create-command.ts'
import { parseHeader } from './parse-header.ts'

/** Which ComfyUI a command uses, as commander reads it. */
export interface ServerOptions {
  readonly server?: string
  readonly token?: string
  readonly header?: string[]
  readonly ca?: string
  readonly proxy?: string
  readonly comfyui?: string
  readonly python?: string
  readonly arg?: string[]
}

export function addServerOptions(command: Command): Command {
  return command
    .option('--server <address>', 'a running ComfyUI to use, e.g. http://127.0.0.1:8188 (default: DISCOMFORT_SERVER)')
    .option('--token <token>', 'a bearer token for that server (default: DISCOMFORT_TOKEN)')
    .option(
      '--header <name:value>',
      'a header for each request to it, e.g. "CF-Access-Client-Id: …"; repeatable (default: DISCOMFORT_HEADERS)',
      collect,
    )
    .option('--ca <file>', 'a certificate authority to trust besides those of Node, as PEM (default: DISCOMFORT_CA)')
    .option(
      '--proxy <url>',
      'a proxy to it, or none (default: DISCOMFORT_PROXY, else HTTPS_PROXY and HTTP_PROXY with NO_PROXY)',
    )
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
  const {
    apiKey: _apiKey,
    exclusive: _exclusive,
    handleSignals: _signals,
    ...connection
  } = await resolveOptions(connectorOptions(options))
  return connection
}

/** The same for the library. What was not given is left out. */
export function connectorOptions(options: ServerOptions): ConnectorOptions {
  const { server, token, header, ca, proxy, comfyui, python, arg } = options
  return {
    ...(header === undefined ? {} : { headers: Object.fromEntries(header.map(parseHeader)) }),
    ...(ca === undefined ? {} : { ca }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(server === undefined ? {} : { server }),
    ...(token === undefined ? {} : { token }),
    ...(comfyui === undefined ? {} : { comfyui }),
    ...(python === undefined ? {} : { python }),
    ...(arg === undefined ? {} : { args: arg }),
  }
}
