import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readWorkflow, type ReadSource } from '../files/read-workflow.ts'
import { findPorts } from '../ports/find-ports.ts'
import type { PromptPorts } from '../ports/port.ts'
import { compileWorkflow, type Compiled } from '../prompt/compile.ts'
import type { CompileOptions } from '../prompt/compile-options.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Workflow } from '../workflow/document.ts'

/** A workflow that is ready to be bound: converted, its ports found. */
export interface LoadedWorkflow {
  /** The file it came from, or what stands for it in messages. */
  readonly name: string
  readonly compiled: Compiled
  readonly ports: PromptPorts
  /** As drawn, if it was drawn: it travels with the prompt, so that saved pictures open again in ComfyUI. */
  readonly workflow: Workflow | undefined
}

/** What `run` takes: a path, a URL, bytes of a file, a parsed workflow or a prompt. */
export type WorkflowSource = string | URL | Uint8Array | object

/** Loads workflows for one set of node definitions. What was read of files is kept by their time and size. */
export interface WorkflowLoader {
  load(source: WorkflowSource, options?: CompileOptions): Promise<LoadedWorkflow>
}

/** A file as it was read, and its conversions that would come out the same again, by what they were asked for. */
interface KeptFile {
  readonly stamp: string
  readonly read: ReadSource
  readonly converted: Map<string, LoadedWorkflow>
}

export function createWorkflowLoader(definitions: NodeDefinitions): WorkflowLoader {
  const files = new Map<string, KeptFile>()

  async function readFile(path: string, source: WorkflowSource): Promise<KeptFile | undefined> {
    const stamp = stampOf(path)
    const kept = files.get(path)
    if (kept && kept.stamp === stamp) return kept
    const fresh = { stamp: stamp ?? '', read: await readWorkflow(source), converted: new Map<string, LoadedWorkflow>() }
    if (stamp !== undefined) files.set(path, fresh)
    return fresh
  }

  return {
    async load(source, options = {}) {
      const path = pathOf(source)
      const file = path === undefined ? undefined : await readFile(path, source)
      if (!file) return convert(await readWorkflow(source), options, definitions).loaded
      const key = sameAgain(options)
      const kept = key === undefined ? undefined : file.converted.get(key)
      // An object of its own for each load: one file may stand in a list twice.
      if (kept) return { ...kept }
      const { loaded, isTimed } = convert(file.read, options, definitions)
      if (key !== undefined && !isTimed) file.converted.set(key, loaded)
      return loaded
    },
  }
}

/** What tells conversions of one file apart that nothing random takes part in; undefined for others. */
function sameAgain({ seeds = 'keep', dynamicPrompts = 'keep', missingNodes = 'error' }: CompileOptions) {
  return seeds === 'keep' && dynamicPrompts === 'keep' ? missingNodes : undefined
}

/** Whether the time of the conversion took part is told with it: names of saved files may hold the date. */
function convert(
  found: ReadSource,
  options: CompileOptions,
  definitions: NodeDefinitions,
): { loaded: LoadedWorkflow; isTimed: boolean } {
  const { name } = found
  let isTimed = false
  const asked: CompileOptions = {
    ...options,
    source: name,
    get now() {
      isTimed = true
      return options.now
    },
  }
  const compiled =
    found.kind === 'workflow'
      ? compileWorkflow(found.workflow, definitions, asked)
      : { prompt: found.prompt, warnings: [], seeds: [], promoted: [], drawn: {} }
  const workflow = found.kind === 'workflow' ? found.workflow : undefined
  return { loaded: { name, compiled, workflow, ports: findPorts(compiled, definitions, name) }, isTimed }
}

/** Asked in place: that costs a tenth of what the way through the thread pool does, and each run asks. */
function stampOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.mtimeMs} ${found.size}`
}

/** The path of a source that is a file on this machine. */
export function pathOf(source: WorkflowSource): string | undefined {
  if (typeof source === 'string') return /^https?:/i.test(source) ? undefined : source
  return source instanceof URL && source.protocol === 'file:' ? fileURLToPath(source) : undefined
}
