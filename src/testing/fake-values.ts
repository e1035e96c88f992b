import { ok, refuse, type FakeRequest, type FakeResponse } from './answer.ts'
import { digestOf } from './given-value.ts'

const limit = 2 ** 36

/** The values that lie on a fake ComfyUI: those that a library brought, and those that jobs gave. */
export interface FakeValues {
  /** Answers the pack's routes for contexts and values; undefined for others. */
  answer(request: FakeRequest): FakeResponse | undefined
  keep(context: string, id: string, bytes: Buffer): void
  get(context: string, id: string): Buffer | undefined
  clear(): void
}

export function createValues(): FakeValues {
  const contexts = new Map<string, { values: Map<string, Buffer>; parts: Map<string, Buffer> }>()
  const notFound = () => refuse(404, 'discomfort_not_found', 'There is no such value here.')

  function openContext(method: string, context: string): FakeResponse {
    if (method === 'DELETE') return contexts.delete(context) ? ok({ v: 1 }) : notFound()
    if (contexts.has(context)) return ok({ v: 1, limit })
    contexts.set(context, { values: new Map(), parts: new Map() })
    return { ...ok({ v: 1, limit }), status: 201 }
  }

  function write(request: FakeRequest, context: string, id: string): FakeResponse {
    const held = contexts.get(context)
    const [, first = 0, total = 0] = (/bytes (\d+)-\d+\/(\d+)/.exec(request.headers['content-range'] ?? '') ?? []).map(
      Number,
    )
    if (!held) return notFound()
    if (held.values.has(id)) return ok({ v: 1, bytes: total, complete: true })
    const before = first === 0 ? Buffer.alloc(0) : (held.parts.get(id) ?? Buffer.alloc(0))
    if (before.length !== first) return refuse(409, 'discomfort_offset_wrong', `Byte ${before.length} is next.`)
    const now = Buffer.concat([before, request.bytes])
    held.parts.set(id, now)
    if (now.length < total) return ok({ v: 1, bytes: now.length, complete: false })
    held.parts.delete(id)
    if (digestOf(now) !== request.headers['x-discomfort-digest'])
      return refuse(422, 'discomfort_checksum_wrong', 'The bytes are others than those that were announced.')
    held.values.set(id, now)
    return ok({ v: 1, bytes: now.length, complete: true })
  }

  function read({ method, headers }: FakeRequest, context: string, id: string): FakeResponse {
    const whole = contexts.get(context)?.values.get(id)
    const there = whole ?? contexts.get(context)?.parts.get(id)
    if (!there || (method === 'GET' && !whole)) return notFound()
    if (method === 'HEAD')
      return ok('', { 'x-discomfort-bytes': String(there.length), 'x-discomfort-complete': whole ? '1' : '0' })
    const range = /bytes=(\d+)-/.exec(headers.range ?? '')
    return { ...ok(there.subarray(Number(range?.[1] ?? 0))), status: range ? 206 : 200 }
  }

  return {
    answer(request) {
      const [, context = '', id] = /^\/discomfort\/(?:contexts|values)\/([^/]+)(?:\/([^/]+))?$/.exec(request.path) ?? []
      if (!context) return undefined
      if (id === undefined) return openContext(request.method, context)
      if (request.method === 'PUT') return write(request, context, id)
      if (request.method === 'DELETE') return contexts.get(context)?.values.delete(id) ? ok({ v: 1 }) : notFound()
      return read(request, context, id)
    },
    keep: (context, id, bytes) => void contexts.get(context)?.values.set(id, bytes),
    get: (context, id) => contexts.get(context)?.values.get(id),
    clear: () => contexts.clear(),
  }
}
