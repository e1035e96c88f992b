/** A ComfyUI that answers. */
export interface OpenServer {
  readonly url: string
  readonly version: string
  readonly hasPack: boolean
}

/** Where ComfyUI listens when nobody tells it otherwise. */
export const defaultAddress = 'http://127.0.0.1:8188'

/** The ComfyUI that people have open, if it answers at once. */
export async function findOpenServer(url = defaultAddress): Promise<OpenServer | undefined> {
  const stats = (await ask(`${url}/system_stats`)) as { system?: { comfyui_version?: string } } | undefined
  if (typeof stats?.system !== 'object') return undefined
  const handshake = (await ask(`${url}/discomfort/handshake`)) as { pack?: unknown } | undefined
  return { url, version: stats.system.comfyui_version ?? 'of unknown version', hasPack: handshake?.pack !== undefined }
}

async function ask(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) })
    if (response.ok) return await response.json()
    await response.body?.cancel()
  } catch {
    // nobody there, or no ComfyUI
  }
  return undefined
}
