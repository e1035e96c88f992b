import type { ConnectorOptions } from '../server/connector-options.ts'
import { findComfyUI } from '../server/install/find-comfyui.ts'
import { findStayingServer } from '../server/up/find-staying-server.ts'

/** The address of the ComfyUI of `discomfort up` that will be used instead of a start. */
export async function findStaying(connection: ConnectorOptions): Promise<string | undefined> {
  const installation = await findComfyUI({ ...connection, env: { ...process.env, ...connection.env } })
  const staying = installation && (await findStayingServer({ installation, ...connection }))
  await staying?.stop()
  return staying?.http.base
}
