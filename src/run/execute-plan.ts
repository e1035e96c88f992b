import type { NodeOrigin } from '../context/recipe.ts'
import { isDiscomfortError, type DiscomfortError } from '../errors.ts'
import type { EventStream } from '../events/event-stream.ts'
import type { Prompt, PromptNode } from '../prompt/prompt.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { readMemory, withMemory } from '../server/knowledge/memory.ts'
import { jobFailure } from '../server/jobs/job-failure.ts'
import { readHistory, type JobEnd, type NodeOutput } from '../server/jobs/job-record.ts'
import { longestName, type SubmitNote } from '../schema/submit.ts'
import { executionLimit } from './execution-limit.ts'
import type { LoadedWorkflow } from './loaded-workflow.ts'
import { saverClass } from './make-plan.ts'
import type { PartnerLogin } from './run-options.ts'
import type { RunPlan } from './run-plan.ts'
import type { ValueExchange } from './value-exchange.ts'
import { createTranslator } from './translate-messages.ts'

/** What carrying out a plan needs beside the plan. */
export interface ExecuteOptions {
  readonly connector: ComfyConnector
  readonly promptId: string
  readonly contextId: string
  readonly exchange: ValueExchange
  /** Whether what savers write may go to memory. */
  readonly useRam: boolean
  readonly login: PartnerLogin
  /** Whether samplers send pictures of what they are at. Default: where somebody listens. */
  readonly previews?: boolean | undefined
  /** How long it may run, in milliseconds, the waiting not counted. */
  readonly executionTimeout?: number | undefined
  readonly events: EventStream
  readonly workflowIndex: number
  /** Where a node of the prompt comes from. */
  readonly originOf: (node: string) => NodeOrigin
  readonly signal: AbortSignal
  /** Called with the files that are not as they were when a reference that names them was captured. */
  readonly onChangedFiles: (names: readonly string[]) => void
}

/** What the nodes of a finished prompt gave: by node, files and our savers' entries. */
export interface Executed {
  readonly outputs: ReadonlyMap<string, NodeOutput>
  readonly prompt: Prompt
  readonly milliseconds: number
  readonly allCached: boolean
}

/**
 * Carries a plan out on one server and waits for its end.
 * @throws {@link DiscomfortError} `NODE_FAILED`, `OUT_OF_MEMORY`, `PROMPT_REJECTED`, `SERVER_CRASHED`, `ABORTED` …
 */
export async function executePlan(plan: RunPlan, loaded: LoadedWorkflow, options: ExecuteOptions): Promise<Executed> {
  const { connector, promptId, events } = options
  const prompt = signSavers(plan.prompt, promptId)
  const translator = createTranslator(prompt, { ...options, promptId, workflow: loaded.name })
  const limit = executionLimit(options)
  const { isHeard } = events
  const begun = performance.now()
  try {
    const end = await connector.runJob({
      promptId,
      prompt,
      extraData: extraData(loaded, options),
      note: connector.handshake ? noteOf(plan, loaded.name, options) : undefined,
      signal: limit.signal,
      onQueued({ position, changed }) {
        translator.queued(position)
        if (changed.length > 0) options.onChangedFiles(changed)
      },
      onPlace(place) {
        translator.place(place)
        if (place.state === 'running') limit.begin()
      },
      onMessage(message) {
        if (message.type === 'execution_start') limit.begin()
        translator.message(message)
      },
      onPreview: (frame) => translator.preview(frame),
      onText: (frame) => translator.text(frame),
      ...(isHeard ? { onLog: (line: string) => translator.log(line) } : {}),
    })
    if (end.kind !== 'success') throw await failureOf(end, prompt, options)
    const outputs = await completeOutputs(end, plan, connector, promptId)
    const milliseconds = performance.now() - begun
    translator.finished(milliseconds)
    return { outputs, prompt, milliseconds, allCached: translator.cached === Object.keys(prompt).length }
  } catch (error) {
    throw limit.reason(error)
  } finally {
    limit.end()
  }
}

async function failureOf(
  end: Exclude<JobEnd, { kind: 'success' }>,
  prompt: Prompt,
  { connector, promptId, originOf }: ExecuteOptions,
): Promise<DiscomfortError> {
  const error = jobFailure(end, prompt, promptId, originOf)
  return isDiscomfortError(error, 'OUT_OF_MEMORY') ? withMemory(error, await readMemory(connector.http)) : error
}

/** What the pack is told: what it may read and where it may write. */
function noteOf({ reads, files }: RunPlan, name: string, { contextId, exchange, useRam }: ExecuteOptions): SubmitNote {
  return {
    v: 1,
    context: contextId,
    reads: reads.map(({ id }) => id),
    ...exchange.note(reads, useRam),
    forget: [],
    name: name.slice(-longestName),
    ...(Object.keys(files).length > 0 ? { files } : {}),
  }
}

/** Savers carry the prompt id, so that ComfyUI's cache never repeats what another run's saver told. */
function signSavers(prompt: Prompt, promptId: string): Prompt {
  const signed: Record<string, PromptNode> = { ...prompt }
  for (const [id, node] of Object.entries(prompt)) {
    if (node.class_type === saverClass) signed[id] = { ...node, inputs: { ...node.inputs, run: promptId } }
  }
  return signed
}

/**
 * The workflow as drawn goes along, so that saved pictures open again in ComfyUI. Previews cost the server time, so it is
 * asked for them only where somebody would see them.
 */
function extraData(
  { workflow }: LoadedWorkflow,
  { login: { authToken, apiKey }, events, previews = events.isHeard }: ExecuteOptions,
): Record<string, unknown> {
  return {
    ...(workflow ? { extra_pnginfo: { workflow } } : {}),
    ...(authToken ? { auth_token_comfy_org: authToken } : {}),
    ...(apiKey ? { api_key_comfy_org: apiKey } : {}),
    ...(previews ? { preview_method: 'auto' } : {}),
  }
}

/** A saver that told nothing was blocked, or its message was lost: history knows, once it is written. */
async function completeOutputs(
  end: Extract<JobEnd, { kind: 'success' }>,
  plan: RunPlan,
  connector: ComfyConnector,
  promptId: string,
): Promise<ReadonlyMap<string, NodeOutput>> {
  if (plan.outputs.every(({ node }) => end.outputs.has(node))) return end.outputs
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const entry = await readHistory(connector.http, promptId)
    if (entry) return new Map([...Object.entries(entry.outputs), ...end.outputs])
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return end.outputs
}
