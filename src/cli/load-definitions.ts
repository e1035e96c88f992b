import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { readNodeKnowledge, type NodeKnowledge } from '../server/knowledge/node-knowledge.ts'
import { interruption } from './interruption.ts'
import { openConnector } from './open-connector.ts'
import { addServerOptions, type ServerOptions } from './server-options.ts'
import { usageError } from './usage-error.ts'

/** Node definitions, and where they came from. */
export interface LoadedDefinitions {
  readonly definitions: NodeDefinitions
  /** For people: `the file object_info.json`, `ComfyUI 0.30.0 at http://…`. */
  readonly origin: string
  /** What the server tells besides; nothing where the definitions come from a file. */
  readonly knowledge: NodeKnowledge
}

export interface DefinitionOptions extends ServerOptions {
  readonly definitions?: string
}

export function addDefinitionOptions(command: Command): Command {
  return addServerOptions(
    command.option('--definitions <file>', 'node definitions from a file: the saved answer of /object_info'),
  )
}

/**
 * Node definitions from a file, the server that is named, the one that is open on the default port, or one that is
 * started for it and stopped again.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND` where none is at hand; whatever the server or the file says
 */
export async function loadDefinitions(options: DefinitionOptions): Promise<LoadedDefinitions> {
  if (options.definitions !== undefined) return fromFile(options.definitions)
  const opened = await openConnector(options, 'to ask for its node definitions')
  await using connector = opened.connector
  const signal = interruption()
  signal.throwIfAborted()
  const [definitions, knowledge] = await Promise.all([
    connector.nodeDefinitions(),
    readNodeKnowledge(connector.http, signal),
  ])
  return { definitions, knowledge, origin: opened.origin }
}

async function fromFile(file: string): Promise<LoadedDefinitions> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw usageError('--definitions', `The definitions ${file} cannot be read: ${(cause as Error).message}`)
  })
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw usageError('--definitions', `The definitions ${file} are no JSON: ${(cause as Error).message}`)
  }
  if (!isDefinitions(parsed)) {
    throw usageError(
      '--definitions',
      `${file} holds no node definitions. Save the answer of ComfyUI's /object_info: curl http://127.0.0.1:8188/object_info -o object_info.json`,
    )
  }
  return { definitions: parsed, origin: `the file ${file}`, knowledge: {} }
}

function isDefinitions(value: unknown): value is NodeDefinitions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((one) => typeof one === 'object' && one !== null && 'input' in one)
}
