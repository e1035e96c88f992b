import { readFile } from 'node:fs/promises'
import { DiscomfortError } from '../errors.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { request } from '../server/http/http.ts'
import { drawnNode, type OriginOf } from '../server/jobs/drawn-node.ts'
import type { NodeOutput } from '../server/jobs/job-record.ts'

/** A file that an output node such as SaveImage wrote. */
export interface RunFile {
  readonly node: string
  readonly title: string
  readonly classType: string
  /** What the node calls it: `images`, `audio`, `gifs`, `video`, `3d` … */
  readonly kind: string
  readonly filename: string
  readonly subfolder: string
  /** `output`, `temp` (a preview, gone when the server stops) or `input`. */
  readonly folderType: string
  /** Where it lies on this machine, if the server is ours. */
  readonly path: string | undefined
  /** Where the server gives it out. */
  readonly url: string
  /** Its bytes. */
  read(): Promise<Uint8Array>
}

/** The files among what the nodes gave to the page. Lists there may hold other things too (texts, booleans). */
export function filesOf(
  outputs: ReadonlyMap<string, NodeOutput>,
  prompt: Prompt,
  connector: ComfyConnector,
  originOf?: OriginOf,
): RunFile[] {
  const files: RunFile[] = []
  for (const [id, output] of outputs) {
    const { node, title, classType } = drawnNode(prompt, id, originOf)
    for (const [kind, items] of Object.entries(output)) {
      if (kind === 'discomfort' || !Array.isArray(items)) continue
      for (const item of items as unknown[])
        if (isFileItem(item)) files.push(runFile({ node, title, classType, kind }, item, connector))
    }
  }
  return files
}

/**
 * The bytes of a file that a node told of.
 * @throws {@link DiscomfortError} `VALUE_GONE`
 */
export async function readServerFile(connector: ComfyConnector, item: FileItem): Promise<Uint8Array> {
  return runFile({ node: '', title: '', classType: '', kind: '' }, item, connector).read()
}

interface FileItem {
  readonly filename: string
  readonly subfolder?: string
  readonly type?: string
}

function isFileItem(item: unknown): item is FileItem {
  return typeof item === 'object' && item !== null && typeof (item as FileItem).filename === 'string'
}

function runFile(
  from: Pick<RunFile, 'node' | 'title' | 'classType' | 'kind'>,
  item: FileItem,
  connector: ComfyConnector,
): RunFile {
  const { filename, subfolder = '', type: folderType = 'output' } = item
  const path = connector.localPath({ filename, subfolder, folderType })
  const query = new URLSearchParams({ filename, subfolder, type: folderType }).toString()
  return {
    ...from,
    filename,
    subfolder,
    folderType,
    path,
    url: `${connector.serverAddress}/view?${query}`,
    async read() {
      if (path) return new Uint8Array(await readFile(path).catch((cause: unknown) => gone(filename, cause)))
      const response = await request(connector.http, `/view?${query}`, { elsewhere: true })
      if (!response.ok) return gone(filename, `HTTP ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    },
  }
}

function gone(filename: string, cause: unknown): never {
  throw new DiscomfortError(
    'VALUE_GONE',
    `The saved file ${filename} cannot be read any more: ${cause instanceof Error ? cause.message : String(cause)}. Previews vanish when the server stops.`,
    { details: { id: filename }, cause },
  )
}
