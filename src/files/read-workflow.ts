import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DiscomfortError, isDiscomfortError } from '../errors.ts'
import { parseWorkflow } from '../workflow/parse.ts'
import type { ParsedSource } from '../workflow/parsed-source.ts'
import { parsePicture } from './parse-picture.ts'

/** A source that was read: what it is, and the name that messages use for it. */
export type ReadSource = ParsedSource & { readonly name: string }

/** How long a web server may take, in milliseconds. */
const remoteTimeout = 30_000

/**
 * Reads a workflow or prompt from a path, a `file:` or `http(s):` URL, bytes or data. JSON of both kinds and the
 * pictures that ComfyUI saves are recognised by their content, not by their ending.
 *
 * `name` is the file's name for paths and URLs, else `workflow`. Reading from the web ends after 30 seconds, or when
 * `signal` is aborted.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_NOT_FOUND` if there is no such file or page; `WORKFLOW_INVALID` if it holds
 * no workflow; `ABORTED`.
 * @example
 * const source = await readWorkflow('portrait.png')
 * if (source.kind === 'workflow') console.log(source.name, source.workflow.nodes.length)
 */
export async function readWorkflow(
  source: string | URL | Uint8Array | object,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ReadSource> {
  if (source instanceof Uint8Array) return { ...(await parseFile(source)), name: 'workflow' }
  if (typeof source !== 'string' && !(source instanceof URL)) return { ...parseWorkflow(source), name: 'workflow' }
  const place = locate(source)
  const bytes = await readBytes(place, options.signal)
  try {
    return { ...(await parseFile(bytes)), name: place.name }
  } catch (error) {
    throw isDiscomfortError(error, 'WORKFLOW_INVALID') ? named(error, place.shown) : error
  }
}

/** Where a source lies; `shown` is what messages say. */
interface SourcePlace {
  readonly name: string
  readonly shown: string
  readonly at: { readonly path: string } | { readonly url: URL }
}

function locate(source: string | URL): SourcePlace {
  const text = String(source)
  if (!(source instanceof URL) && !/^(?:file|https?):/i.test(text)) {
    return { name: basename(text), shown: text, at: { path: text } }
  }
  try {
    const url = new URL(text)
    if (url.protocol === 'file:') {
      const path = fileURLToPath(url)
      return { name: basename(path), shown: path, at: { path } }
    }
    const shown = `${url.origin}${url.pathname}`
    return { name: decodeURIComponent(basename(url.pathname)) || url.host, shown, at: { url } }
  } catch (cause) {
    throw notFound(text, cause)
  }
}

async function readBytes({ at, shown }: SourcePlace, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return 'path' in at ? await readFile(at.path, { signal }) : await readRemote(at.url, signal)
  } catch (cause) {
    if (signal?.aborted) throw new DiscomfortError('ABORTED', `Reading "${shown}" was aborted.`, { details: {}, cause })
    throw notFound(shown, cause)
  }
}

async function readRemote(source: URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(remoteTimeout)
  const { url, headers } = withoutCredentials(source)
  const response = await fetch(url, { headers, signal: signal ? AbortSignal.any([signal, timeout]) : timeout })
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** `fetch` takes no name and password in a URL, and would show them in its error. */
function withoutCredentials(source: URL): { url: URL; headers: Record<string, string> } {
  const url = new URL(source)
  const { username, password } = url
  url.username = url.password = ''
  if (username === '' && password === '') return { url, headers: {} }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

async function parseFile(bytes: Uint8Array): Promise<ParsedSource> {
  return (await parsePicture(bytes)) ?? parseWorkflow(bytes)
}

function notFound(source: string, cause: unknown): DiscomfortError<'WORKFLOW_NOT_FOUND'> {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new DiscomfortError('WORKFLOW_NOT_FOUND', `The workflow "${source}" cannot be read: ${reason}`, {
    details: { source },
    cause,
  })
}

/** Says in which file the fault is. */
function named(error: DiscomfortError<'WORKFLOW_INVALID'>, source: string): DiscomfortError<'WORKFLOW_INVALID'> {
  return new DiscomfortError('WORKFLOW_INVALID', `"${source}": ${error.message}`, {
    details: { ...error.details, source },
    cause: error.cause ?? error,
  })
}
