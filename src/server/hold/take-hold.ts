import { provideComfyUI } from '../install/provide-comfyui.ts'
import type { ConnectorOptions } from '../connector-options.ts'
import { createHttp } from '../http/http.ts'
import { startManagedServer } from '../launch/managed-server.ts'
import { superviseServer } from '../launch/supervisor.ts'
import { withEnvironment } from '../reach/reach-options.ts'
import { findStayingServer } from '../up/find-staying-server.ts'
import { holdStayingServer } from '../up/hold-staying-server.ts'
import { attachServer } from './attached-server.ts'
import type { Hold } from './hold.ts'

/**
 * The server that options ask for: the one that is named, else one of `discomfort up` with the same configuration, else
 * one that is started.
 * @throws {@link DiscomfortError} what `ComfyConnector.create` throws
 */
export async function takeHold(options: ConnectorOptions): Promise<Hold> {
  const address = options.server ?? (options.comfyui ? undefined : process.env['DISCOMFORT_SERVER'])
  if (address) return attachServer(createHttp(address, withEnvironment(options)), options.signal)
  const installation = await provideComfyUI({ ...options, env: { ...process.env, ...options.env } })
  const staying = options.exclusive ? undefined : await findStayingServer({ ...options, installation })
  if (staying) return holdStayingServer(staying, { ...options, installation })
  const { output, args, signal: first } = options
  const launch = (signal?: AbortSignal) => startManagedServer({ ...options, installation, signal })
  return superviseServer({ installation, output, args, launch }, first)
}
