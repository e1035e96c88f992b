import { stat } from 'node:fs/promises'
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

export function createWorkflowLoader(definitions: NodeDefinitions): WorkflowLoader {
  const files = new Map<string, { readonly stamp: string; readonly read: ReadSource }>()

  async function read(source: WorkflowSource): Promise<ReadSource> {
    const path = pathOf(source)
    if (path === undefined) return readWorkflow(source)
    const found = await stat(path).catch(() => undefined)
    const stamp = found && `${found.mtimeMs} ${found.size}`
    const kept = files.get(path)
    if (kept && kept.stamp === stamp) return kept.read
    const fresh = await readWorkflow(source)
    if (stamp) files.set(path, { stamp, read: fresh })
    return fresh
  }

  return {
    // Converted anew for each run: file names may hold the date, and it costs less than reading.
    async load(source, options) {
      const found = await read(source)
      const { name } = found
      const workflow = found.kind === 'workflow' ? found.workflow : undefined
      const compiled =
        found.kind === 'workflow'
          ? compileWorkflow(found.workflow, definitions, { ...options, source: name })
          : { prompt: found.prompt, warnings: [], seeds: [], promoted: [], drawn: {} }
      return { name, compiled, workflow, ports: findPorts(compiled, definitions, name) }
    },
  }
}

function pathOf(source: WorkflowSource): string | undefined {
  if (typeof source === 'string') return /^https?:/i.test(source) ? undefined : source
  return source instanceof URL && source.protocol === 'file:' ? fileURLToPath(source) : undefined
}
