import { DiscomfortError } from '../errors.ts'
import type { ConnectorOptions } from '../server/connector-options.ts'
import { ComfyConnector } from '../server/connector.ts'
import { findComfyUI, knownPlaces } from '../server/install/find-comfyui.ts'
import { findStaying } from './find-staying.ts'
import { interruption } from './interruption.ts'
import { findOpenServer } from './open-server.ts'
import { resolveServer, type ServerOptions } from './server-options.ts'
import { tell } from './write.ts'

/** A connected ComfyUI; closing the connector stops one that was started for it. */
export interface OpenConnector {
  readonly connector: ComfyConnector
  /** For people: `ComfyUI 0.30.0 at http://…`. */
  readonly origin: string
}

/**
 * Connects to the server that is named, to one of `discomfort up`, to the one that is open on the default port, or to one
 * that is started for it.
 * `purpose` says why one is started.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND` where none is at hand; whatever the server says
 */
export async function openConnector(options: ServerOptions, purpose: string): Promise<OpenConnector> {
  const connection = await resolveServer(options)
  const isNamed = connection.server !== undefined || connection.comfyui !== undefined
  const staying = connection.server === undefined ? await findStaying(connection) : undefined
  const open = isNamed || staying !== undefined ? undefined : await findOpenServer()
  const server = connection.server ?? open?.url
  if (server === undefined && staying === undefined) await announceStart(connection, purpose)
  const connector = await ComfyConnector.create({ ...connection, server, signal: interruption() })
  const version = connector.handshake?.comfyui ?? open?.version
  const name = `ComfyUI${version === undefined ? '' : ` ${version}`}`
  const place = connector.isManaged ? ', started for this' : ` at ${connector.serverAddress}`
  return { connector, origin: `${name}${place}` }
}

async function announceStart({ comfyui, python }: ConnectorOptions, purpose: string): Promise<void> {
  const found = await findComfyUI({ comfyui, python })
  if (found) return tell(`Starting the ComfyUI in ${found.folder} ${purpose} …`)
  throw new DiscomfortError(
    'COMFYUI_NOT_FOUND',
    'A workflow is read with the node definitions of a ComfyUI, and none is at hand. Name a running one with --server, one to start with --comfyui, or a saved answer of its /object_info with --definitions; or make a managed one: discomfort install',
    { details: { searched: await knownPlaces() } },
  )
}
