import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { isDiscomfortError } from '../../errors.ts'
import type { ConnectorOptions } from '../../server/connector-options.ts'
import { ComfyConnector } from '../../server/connector.ts'
import { findComfyUI, knownPlaces } from '../../server/install/find-comfyui.ts'
import { managedInstallation } from '../../server/install/install.ts'
import type { Installation } from '../../server/install/installation.ts'
import { managedRelease } from '../../server/install/releases.ts'
import { defaultAddress, findOpenServer } from '../open-server.ts'
import { resolveServer, type ServerOptions } from '../server-options.ts'
import { ok, problem, warning, type Check } from './check.ts'

/** Which ComfyUIs there are: the managed one, others on this machine, one that is open. */
export async function comfyuiChecks(options: ServerOptions): Promise<{ checks: Check[]; hasComfyUI: boolean }> {
  const managed = await managedInstallation()
  const connection = await resolveServer(options)
  const others = await otherInstallations(connection)
  const server = await serverCheck(connection)
  const hasOther = others.some(({ status }) => status === 'ok')
  const hasComfyUI = managed !== undefined || hasOther || server.isOpen
  return { checks: [managedCheck(managed, hasComfyUI), ...others, server.check], hasComfyUI }
}

function managedCheck(managed: Installation | undefined, hasComfyUI: boolean): Check {
  const name = 'Managed ComfyUI'
  if (managed) return ok(name, `${managedRelease.comfyui} in ${managed.folder}`)
  if (hasComfyUI) return ok(name, 'not installed, and not needed')
  return problem(
    name,
    'not installed, and no other ComfyUI was found',
    'discomfort install, or name yours with DISCOMFORT_COMFYUI, or a running one with DISCOMFORT_SERVER',
  )
}

/** The ones that somebody else made. */
async function otherInstallations({ comfyui: named, python }: ConnectorOptions): Promise<Check[]> {
  const checks: Check[] = []
  for (const place of [...(named ? [named] : []), ...(await knownPlaces())]) {
    if (place !== named && !(await exists(join(place, 'main.py')))) continue
    try {
      const found = await findComfyUI({ comfyui: place, python })
      if (found) checks.push(ok('ComfyUI', `${found.folder}, run by ${found.python}`))
    } catch (error) {
      if (!isDiscomfortError(error, 'COMFYUI_NOT_FOUND')) throw error
      checks.push((place === named ? problem : warning)('ComfyUI', error.message))
    }
  }
  return checks
}

async function serverCheck(connection: ConnectorOptions): Promise<{ check: Check; isOpen: boolean }> {
  if (connection.server !== undefined) return namedServer(connection)
  const open = await findOpenServer()
  if (!open) return { check: ok('Server', `nobody listens at ${defaultAddress}`), isOpen: false }
  const what = `ComfyUI ${open.version} at ${open.url}`
  return { check: open.hasPack ? ok('Server', `${what}, with the pack`) : withoutPack(what), isOpen: true }
}

async function namedServer(connection: ConnectorOptions): Promise<{ check: Check; isOpen: boolean }> {
  try {
    await using connector = await ComfyConnector.create(connection)
    await connector.nodeDefinitions()
    const { handshake, serverAddress } = connector
    const what = `ComfyUI${handshake ? ` ${handshake.comfyui}` : ''} at ${serverAddress}`
    const check = handshake ? ok('Server', `${what}, with the pack ${handshake.pack}`) : withoutPack(what)
    return { check, isOpen: true }
  } catch (error) {
    if (!isDiscomfortError(error)) throw error
    return { check: problem('Server', error.message), isOpen: false }
  }
}

function withoutPack(what: string): Check {
  return warning(
    'Server',
    `${what}, without the Discomfort pack: addresses and saved files work, ports do not`,
    'Copy comfy-nodes/discomfort of this package into its custom_nodes and restart it.',
  )
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
