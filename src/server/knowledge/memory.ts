import { DiscomfortError } from '../../errors.ts'
import { getJson, type Http } from '../http/http.ts'

/** The memory of a server, in bytes: of its machine, and of each device that it computes on. */
export interface ServerMemory {
  readonly ram: { readonly total: number; readonly free: number }
  readonly devices: readonly { readonly name: string; readonly total: number; readonly free: number }[]
}

/** Asks a server for its memory. Undefined where it does not tell. */
export async function readMemory(http: Http): Promise<ServerMemory | undefined> {
  try {
    const { system, devices } = (await getJson(http, '/system_stats', { small: true })) as {
      system: { ram_total: number; ram_free: number }
      devices: { name: string; vram_total: number; vram_free: number }[]
    }
    if (typeof system.ram_total !== 'number' || typeof system.ram_free !== 'number') return undefined
    return {
      ram: { total: system.ram_total, free: system.ram_free },
      devices: devices.map(({ name, vram_total: total, vram_free: free }) => ({ name, total, free })),
    }
  } catch {
    return undefined
  }
}

/** Adds the figures to an error of a node that ran out of memory. ComfyUI has unloaded its models by then. */
export function withMemory(
  error: DiscomfortError<'OUT_OF_MEMORY'>,
  memory: ServerMemory | undefined,
): DiscomfortError<'OUT_OF_MEMORY'> {
  if (!memory) return error
  const figures = [
    ...memory.devices.map(({ name, ...of }) => `${name} ${figure(of)}`),
    `memory of the machine ${figure(memory.ram)}`,
  ]
  const message = `${error.message}\nAfterwards, with its models unloaded: ${figures.join('; ')}.`
  return new DiscomfortError('OUT_OF_MEMORY', message, { details: { ...error.details, memory } })
}

function figure({ total, free }: { readonly total: number; readonly free: number }): string {
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1)
  return `${gib(free)} of ${gib(total)} GiB free`
}
