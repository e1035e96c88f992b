import { stat } from 'node:fs/promises'
import { readWorkflow } from '../files/read-workflow.ts'
import { findPorts } from '../ports/find-ports.ts'
import type { PromptPorts } from '../ports/port.ts'
import { compileWorkflow, type Compiled } from '../prompt/compile.ts'
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

/** Loads workflows for one set of node definitions. Files are kept by time and size; objects are not, since scripts change them between runs. */
export interface WorkflowLoader {
  load(source: WorkflowSource): Promise<LoadedWorkflow>
}

export function createWorkflowLoader(definitions: NodeDefinitions): WorkflowLoader {
  const files = new Map<string, { stamp: string; loaded: LoadedWorkflow }>()

  async function load(source: WorkflowSource): Promise<LoadedWorkflow> {
    const read = await readWorkflow(source)
    if (read.kind === 'prompt') return ready({ prompt: read.prompt, warnings: [], drawn: {} }, undefined, read.name)
    return ready(compileWorkflow(read.workflow, definitions, { source: read.name }), read.workflow, read.name)
  }

  function ready(compiled: Compiled, workflow: Workflow | undefined, name: string): LoadedWorkflow {
    return { name, compiled, workflow, ports: findPorts(compiled, definitions, name) }
  }

  return {
    async load(source) {
      if (typeof source !== 'string') return load(source)
      const found = await stat(source).catch(() => undefined)
      const stamp = found && `${found.mtimeMs} ${found.size}`
      const kept = files.get(source)
      if (kept && kept.stamp === stamp) return kept.loaded
      const loaded = await load(source)
      if (stamp) files.set(source, { stamp, loaded })
      return loaded
    },
  }
}
