import { z } from 'zod'
import { saverEntrySchema } from './saver-entry.ts'

/**
 * What the nodes inside ComfyUI and `discomfort bridge` say to each other: JSON-RPC 2.0 over the standard streams of the
 * bridge, each message behind a `Content-Length` header. Values are no part of it: they lie in the store.
 */

const version = z.literal(1)

/** An input or output of a prompt's node: its id and the number of the output. */
const linkSchema = z.tuple([z.string(), z.int().nonnegative()])

/** A node of a prompt, as it stands in one. */
const nodeSchema = z.object({
  class_type: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  _meta: z.object({ title: z.string().optional() }).optional(),
})

/** How a value is made: the nodes in front of a link, cut out of the prompt that the outer server runs. */
const bridgeRecipeSchema = z.object({
  type: z.string(),
  list: z.boolean(),
  prompt: z.record(z.string(), nodeSchema),
  link: linkSchema,
  /** The values that its loaders read, each under the id that the loader names. */
  reads: z.array(saverEntrySchema).optional(),
})

/** A recipe. */
export type BridgeRecipe = z.infer<typeof bridgeRecipeSchema>

/** A value by port: as data (in the store, or in the entry where it is small), or as its recipe. */
const bridgeInputSchema = z.union([
  z.object({ unique_id: z.string(), entry: saverEntrySchema }),
  z.object({ unique_id: z.string(), recipe: bridgeRecipeSchema }),
])

/** A value that goes into a run. */
export type BridgeInput = z.infer<typeof bridgeInputSchema>

/** What an output gave: its value, or in a loop that collects those of all rounds; as data or as recipes. */
const bridgeOutputSchema = z.object({
  unique_id: z.string(),
  /** Empty where the output was blocked. */
  values: z.array(z.union([z.object({ entry: saverEntrySchema }), z.object({ recipe: bridgeRecipeSchema })])),
})

/** An output. */
export type BridgeOutput = z.infer<typeof bridgeOutputSchema>

/** `initialize`: the first request. */
export const initializeSchema = z.object({
  v: version,
  /** The folder that holds main.py. */
  comfyui: z.string(),
  python: z.string(),
  /** ComfyUI's arguments for the nested server, without those of port, address and folders of its own. */
  args: z.array(z.string()),
  /** Folders of the outer server: what the nested one saves lies where its user looks for it. */
  output: z.string(),
  /** The folder of the workflows that were saved in the page. */
  workflows: z.string(),
  /** The folder of the bridge's configuration, discomfort.bridge.json. */
  user: z.string(),
  /** How many servers this one is nested in. */
  depth: z.int().nonnegative(),
})

/** What {@link initializeSchema | initialize} takes. */
export type Initialize = z.infer<typeof initializeSchema>

/** The answer to `initialize`. */
export const initializedSchema = z.object({ v: version, discomfort: z.string(), pid: z.int() })

/** `describe`: the ports of a workflow, in the order of a node's sockets. */
export const describeSchema = z.object({ v: version, workflow: z.string() })

/** The answer to `describe`: for each port its id and its type. */
export const describedSchema = z.object({
  v: version,
  inputs: z.array(z.tuple([z.string(), z.string()])),
  outputs: z.array(z.tuple([z.string(), z.string()])),
})

/** The answer to `open`, which makes the place for the values of a call: the id of the call, its context, its memory. */
export const openedSchema = z.object({ v: version, call: z.string(), context: z.string(), ram: z.int().nonnegative() })

/** When a loop ends early: an output compared with a value; an output alone has to be true. */
const conditionSchema = z.object({
  output: z.string(),
  operator: z.enum(['==', '!=', '<', '<=', '>', '>=']).optional(),
  value: z.union([z.number(), z.boolean(), z.string()]).optional(),
})

/** Who pays for partner nodes: what stands in the `extra_data` of the prompt that the outer server runs. */
const loginSchema = z.object({ authToken: z.string().optional(), apiKey: z.string().optional() })

const common = {
  v: version,
  call: z.string(),
  inputs: z.array(bridgeInputSchema),
  /** The ids of the outputs that are wanted, in order; null for all of the workflow. */
  outputs: z.array(z.string()).nullable(),
  /** Whether models make room: those of the outer server before, those of the nested one after. */
  models: z.enum(['unload', 'keep']),
  /** Whether pictures of what samplers are at are wanted. */
  previews: z.boolean(),
  /** Where somebody is logged in. It stands in no log, error or file. */
  login: loginSchema.optional(),
}

/** `run`: a workflow once. */
export const runWorkflowSchema = z.object({ ...common, workflow: z.string() })

/** What `run` takes. */
export type RunWorkflow = z.infer<typeof runWorkflowSchema>

/** `loop`: a workflow again and again. */
export const runLoopSchema = z.object({
  ...common,
  workflow: z.string(),
  iterations: z.int().min(1).max(10_000),
  /** Which output goes back into which input; an output and an input of the same id belong together anyway. */
  feedback: z.array(z.tuple([z.string(), z.string()])),
  until: conditionSchema.nullable(),
  /** The INPUT port that is given the number of the round, from 0. */
  index: z.string().nullable(),
  /** Whether outputs are those of the last round, or of all rounds. */
  collect: z.boolean(),
})

/** What `loop` takes. */
export type RunLoop = z.infer<typeof runLoopSchema>

/** `script`: a file, or the text itself. */
export const runScriptSchema = z.object({
  ...common,
  outputs: z.array(z.string()),
  /** The ComfyUI types of outputs where the node says any: a 1 that is to be a FLOAT is one. */
  types: z.record(z.string(), z.string()).default({}),
  script: z.union([z.object({ path: z.string() }), z.object({ text: z.string() })]),
})

/** What `script` takes. */
export type RunScript = z.infer<typeof runScriptSchema>

/** The answer to `run`, `loop` and `script`. */
export const ranSchema = z.object({
  v: version,
  outputs: z.array(bridgeOutputSchema),
  rounds: z.int(),
  warnings: z.array(z.string()),
  /** What was done about models, in words for people. */
  memory: z.string().nullable(),
  /** What output nodes of the nested server saved, where the outer server can show it. */
  files: z.array(z.object({ filename: z.string(), subfolder: z.string(), type: z.string() })),
})

/** What {@link ranSchema | a run} gives. */
export type Ran = z.infer<typeof ranSchema>

/** The notification `progress`: how far a call is (0 to 1), what it is at, and a JPEG or PNG as base64. */
export const progressSchema = z.object({
  v: version,
  call: z.string(),
  value: z.number().min(0).max(1),
  text: z.string(),
  preview: z.object({ format: z.enum(['JPEG', 'PNG']), data: z.string() }).optional(),
})

/** What {@link progressSchema | progress} tells. */
export type Progress = z.infer<typeof progressSchema>

/** The answer of the outer server to `makeRoom`, which the bridge asks before models are needed: bytes that became free. */
export const madeRoomSchema = z.object({ v: version, freed: z.int() })

/** What stands in the `data` of an error. */
export const bridgeErrorSchema = z.object({ code: z.string(), details: z.unknown().optional() })
