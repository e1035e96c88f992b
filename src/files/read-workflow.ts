import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DiscomfortError, isDiscomfortError } from '../errors.ts'
import { parseWorkflow, type ParsedSource } from '../workflow/parse.ts'
import { parsePicture } from './parse-picture.ts'

/** A source that was read: what it is, and the name that messages use for it. */
export type ReadSource = ParsedSource & { readonly name: string }

/**
 * Reads a workflow or prompt from a path, a `file:` or `http(s):` URL, bytes or data. JSON of both kinds and the
 * pictures that ComfyUI saves are recognised by their content, not by their ending.
 *
 * `name` is the file's name for paths and URLs, else `workflow`.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_NOT_FOUND` if there is no such file or page; `WORKFLOW_INVALID` if it holds
 * no workflow.
 * @example
 * const source = await readWorkflow('portrait.png')
 * if (source.kind === 'workflow') console.log(source.name, source.workflow.nodes.length)
 */
export async function readWorkflow(source: string | URL | Uint8Array | object): Promise<ReadSource> {
  if (source instanceof Uint8Array) return { ...(await parseFile(source)), name: 'workflow' }
  if (typeof source !== 'string' && !(source instanceof URL)) return { ...parseWorkflow(source), name: 'workflow' }
  const { name, where, read } = locate(source)
  try {
    return { ...(await parseFile(await read())), name }
  } catch (error) {
    throw isDiscomfortError(error, 'WORKFLOW_INVALID') ? named(error, where) : error
  }
}

function locate(source: string | URL): { name: string; where: string; read: () => Promise<Uint8Array> } {
  const url = source instanceof URL ? source : /^(?:file|https?):/i.test(source) ? new URL(source) : undefined
  if (!url) return { name: basename(String(source)), where: String(source), read: () => readLocal(String(source)) }
  const name = decodeURIComponent(basename(url.pathname)) || url.host
  if (url.protocol === 'file:') {
    const path = fileURLToPath(url)
    return { name, where: path, read: () => readLocal(path) }
  }
  return { name, where: url.href, read: () => readRemote(url) }
}

async function readLocal(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw notFound(path, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

async function readRemote(url: URL): Promise<Uint8Array> {
  let response: Response
  try {
    response = await fetch(url)
  } catch (cause) {
    throw notFound(url.href, cause instanceof Error ? cause.message : String(cause), cause)
  }
  if (!response.ok) throw notFound(url.href, `the server answered ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

async function parseFile(bytes: Uint8Array): Promise<ParsedSource> {
  return (await parsePicture(bytes)) ?? parseWorkflow(bytes)
}

function notFound(source: string, reason: string, cause?: unknown): DiscomfortError<'WORKFLOW_NOT_FOUND'> {
  return new DiscomfortError('WORKFLOW_NOT_FOUND', `The workflow "${source}" cannot be read: ${reason}`, {
    details: { source },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Says in which file the fault is. */
function named(error: DiscomfortError<'WORKFLOW_INVALID'>, source: string): DiscomfortError<'WORKFLOW_INVALID'> {
  return new DiscomfortError('WORKFLOW_INVALID', `"${source}": ${error.message}`, {
    details: { ...error.details, source },
    cause: error.cause ?? error,
  })
}
