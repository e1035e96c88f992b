import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { DiscomfortError } from '../errors.ts'

const text = z.strictObject({ text: z.string() })
const bytes = z.strictObject({ base64: z.string() })
const content = z.union([text, bytes])

const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('recording'), v: z.literal(1) }),
  /** A request and its answer. */
  z.strictObject({
    kind: z.literal('exchange'),
    method: z.string(),
    path: z.string(),
    /** Of the request. */
    contentType: z.string().optional(),
    request: content.optional(),
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    response: content,
  }),
  /** The bytes of a value that the server gave. */
  z.strictObject({ kind: z.literal('value'), id: z.string(), base64: z.string() }),
  /** What the server said on the socket of a client. */
  z.strictObject({ kind: z.literal('message'), client: z.string(), content }),
])

/** A text, or bytes as base64. */
export type RecordedContent = z.infer<typeof content>

/** One line of a recording. */
export type RecordingEntry = z.infer<typeof entrySchema>

/** A request and its answer, as it was recorded. */
export type RecordedExchange = Extract<RecordingEntry, { kind: 'exchange' }>

/** What a real ComfyUI and its client said to one another, in order. As a file it has one JSON line an entry. */
export type Recording = readonly RecordingEntry[]

/** The bytes as they are to be recorded: readable where they are text. */
export function toContent(data: Buffer): RecordedContent {
  const read = data.toString('utf8')
  return Buffer.from(read).equals(data) ? { text: read } : { base64: data.toString('base64') }
}

export function toBytes(recorded: RecordedContent): Buffer {
  return 'text' in recorded ? Buffer.from(recorded.text) : Buffer.from(recorded.base64, 'base64')
}

/** The text of a recording's file. */
export function writeRecording(recording: Recording): string {
  return recording.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

/** @throws {@link DiscomfortError} `VALUE_NOT_FOUND`, `VALUE_CORRUPT` */
export async function readRecording(file: string | URL): Promise<Recording> {
  const name = String(file)
  const all = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DiscomfortError('VALUE_NOT_FOUND', `There is no recording ${name}. Make it with recordComfyUI.`, {
      details: { key: name, known: [] },
      cause,
    })
  })
  return all
    .split('\n')
    .filter(Boolean)
    .map((line, index) => {
      const entry = entrySchema.safeParse(parse(line))
      if (entry.success && (index > 0 || entry.data.kind === 'recording')) return entry.data
      const reason = `line ${index + 1} is no line of a recording of version 1`
      throw new DiscomfortError('VALUE_CORRUPT', `${name}: ${reason}. Record it anew with recordComfyUI.`, {
        details: { id: name, reason, path: name },
      })
    })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
