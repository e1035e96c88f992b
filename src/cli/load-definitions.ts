import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { DiscomfortError } from '../errors.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { ComfyConnector, type ConnectorOptions } from '../server/connector.ts'
import { findComfyUI, knownPlaces } from '../server/install/find-comfyui.ts'
import { readNodeKnowledge, type NodeKnowledge } from '../server/node-knowledge.ts'
import { interruption } from './interruption.ts'
import { findOpenServer } from './open-server.ts'
import { addServerOptions, resolveServer, type ServerOptions } from './server-options.ts'
import { usageError } from './usage-error.ts'
import { tell } from './write.ts'

/** Node definitions, and where they came from. */
export interface LoadedDefinitions {
  readonly definitions: NodeDefinitions
  /** For people: `the file object_info.json`, `ComfyUI 0.30.0 at http://…`. */
  readonly origin: string
  /** What the server tells besides; nothing where the definitions come from a file. */
  readonly knowledge: NodeKnowledge
}

export interface DefinitionOptions extends ServerOptions {
  readonly definitions?: string
}

export function addDefinitionOptions(command: Command): Command {
  return addServerOptions(
    command.option('--definitions <file>', 'node definitions from a file: the saved answer of /object_info'),
  )
}

/**
 * Node definitions from a file, the server that is named, the one that is open on the default port, or one that is
 * started for it and stopped again.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND` where none is at hand; whatever the server or the file says
 */
export async function loadDefinitions(options: DefinitionOptions): Promise<LoadedDefinitions> {
  if (options.definitions !== undefined) return fromFile(options.definitions)
  const connection = await resolveServer(options)
  const isNamed = connection.server !== undefined || connection.comfyui !== undefined
  const open = isNamed ? undefined : await findOpenServer()
  const server = connection.server ?? open?.url
  if (server === undefined) await announceStart(connection)
  const signal = interruption()
  await using connector = await ComfyConnector.create({ ...connection, server, signal })
  signal.throwIfAborted()
  const [definitions, knowledge] = await Promise.all([
    connector.nodeDefinitions(),
    readNodeKnowledge(connector.http, signal),
  ])
  const version = connector.handshake?.comfyui ?? open?.version
  const origin = `ComfyUI${version === undefined ? '' : ` ${version}`}`
  return {
    definitions,
    knowledge,
    origin: `${origin}${server === undefined ? ', started for this' : ` at ${connector.serverAddress}`}`,
  }
}

async function announceStart({ comfyui, python }: ConnectorOptions): Promise<void> {
  const found = await findComfyUI({ comfyui, python })
  if (found) return tell(`Starting the ComfyUI in ${found.folder} to ask for its node definitions …`)
  throw new DiscomfortError(
    'COMFYUI_NOT_FOUND',
    'A workflow is read with the node definitions of a ComfyUI, and none is at hand. Name a running one with --server, one to start with --comfyui, or a saved answer of its /object_info with --definitions; or make a managed one: discomfort install',
    { details: { searched: await knownPlaces() } },
  )
}

async function fromFile(file: string): Promise<LoadedDefinitions> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw usageError('--definitions', `The definitions ${file} cannot be read: ${(cause as Error).message}`)
  })
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw usageError('--definitions', `The definitions ${file} are no JSON: ${(cause as Error).message}`)
  }
  if (!isDefinitions(parsed)) {
    throw usageError(
      '--definitions',
      `${file} holds no node definitions. Save the answer of ComfyUI's /object_info: curl http://127.0.0.1:8188/object_info -o object_info.json`,
    )
  }
  return { definitions: parsed, origin: `the file ${file}`, knowledge: {} }
}

function isDefinitions(value: unknown): value is NodeDefinitions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((one) => typeof one === 'object' && one !== null && 'input' in one)
}
