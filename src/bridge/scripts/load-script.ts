import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'
import type { Discomfort } from '../../discomfort.ts'
import type { WorkflowContext } from '../../context/workflow-context.ts'
import type { RunScript } from '../../schema/bridge.ts'
import { scriptError, scriptThrew } from './script-failed.ts'

/** What a script of a "Run script" node is given. */
export interface ScriptWorld {
  /** The values of the node's inputs by name, loaded; models and the like as references. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** A context of this run, which holds the inputs under their names. */
  readonly context: WorkflowContext
  /** Runs workflows on the nested server. Paths begin at the folder of saved workflows. */
  readonly discomfort: Discomfort
  /** Fires when the run is stopped in the page. */
  readonly signal: AbortSignal
  /** Moves the node's bar (0 to 1), with a text. */
  readonly progress: (value: number, text?: string) => void
}

/**
 * A script of a "Run script" node inside ComfyUI, the default export of its file: what it returns are the outputs of the
 * node by name. Null blocks an output.
 *
 * @example
 * import type { Script } from 'discomfort'
 *
 * export default (async ({ inputs, context, discomfort }) => {
 *   const { score } = await discomfort.run('assess.json', { context, outputs: { score: 'FLOAT' } })
 *   return { image: score > 0.7 ? inputs.image : (await discomfort.run('improve.json', { context })).image }
 * }) satisfies Script
 */
export type Script = (world: ScriptWorld) => unknown

/** The library as scripts import it: the copy that runs them. */
const library = new URL('../../', import.meta.url)
const entrance = (name: string) => fileURLToPath(new URL(`${name}.js`, library))
const alias = {
  'discomfort/pure': entrance('pure'),
  'discomfort/connector': entrance('connector'),
  discomfort: entrance('index'),
}
const hasExport = /^\s*export\s/m
const head = 'export default async ({ inputs, context, discomfort, signal, progress }: any) => {'

/**
 * Reads a script in TypeScript or JavaScript: a module with a function as its default export, or the body of such a
 * function.
 * @throws {@link DiscomfortError} `SCRIPT_FAILED`
 */
export async function loadScript(script: RunScript['script'], folder: string): Promise<Script> {
  const name = 'path' in script ? script.path : join(folder, 'node.ts')
  // Its own imports are read anew each time, since they are what people are just writing.
  const jiti = createJiti(name, { alias, nativeModules: [fileURLToPath(library)], fsCache: false, moduleCache: false })
  const text = 'path' in script ? await readFile(script.path, 'utf8') : script.text
  // On one line with what it stands before, so that lines in errors are those of the text.
  const source = hasExport.test(text) ? text : `${head} ${text}\n}`
  let loaded: unknown
  try {
    loaded = await jiti.evalModule(source, { filename: name, async: true, ext: '.ts', forceTranspile: true })
  } catch (cause) {
    throw scriptThrew(name, cause)
  }
  const main = (loaded as { default?: unknown } | undefined)?.default
  if (typeof main === 'function') return main as Script
  throw scriptError(name, 'cannot run', 'its default export is no function')
}
