import { z } from 'zod'
import { headersSchema } from './parse-headers.ts'

/** The ways in which a value leaves a run. */
export const passBySchema = z.enum(['val', 'ref', 'resident'])

/** What `Discomfort.create` and the config file take; the one source of names, types and the published JSON Schema. */
export const createOptionsSchema = z.strictObject({
  server: z
    .string()
    .min(1)
    .describe('The address of a running ComfyUI to attach to: http://127.0.0.1:8188, https://user:password@host/path')
    .optional(),
  token: z.string().describe('A bearer token for that server').optional(),
  headers: headersSchema.describe('What goes with each request to that server and with its WebSocket').optional(),
  ca: z
    .string()
    .min(1)
    .describe('A certificate authority to trust besides those of Node: the path of a PEM file, or its text')
    .optional(),
  proxy: z
    .string()
    .min(1)
    .describe(
      'A proxy to that server, http://user:password@host:port, or none; by default HTTPS_PROXY and HTTP_PROXY with NO_PROXY',
    )
    .optional(),
  apiKey: z.string().describe('A key for partner nodes; goes with each prompt and stands in no log').optional(),
  comfyui: z.string().min(1).describe('The folder of the ComfyUI to start').optional(),
  python: z.string().min(1).describe('The Python that runs it').optional(),
  args: z.array(z.string()).readonly().describe('More arguments for ComfyUI itself').optional(),
  customNodes: z
    .union([z.literal('all'), z.literal('none'), z.array(z.string()).readonly()])
    .describe('Which of the installed custom nodes are loaded')
    .optional(),
  port: z.int().min(1).max(65_535).describe('The port of the started server; a free one by default').optional(),
  output: z.string().min(1).describe('The folder that saved files go to').optional(),
  env: z.record(z.string(), z.string()).describe('Environment variables of the started server').optional(),
  keepModels: z
    .int()
    .min(0)
    .describe('How many loaded models the started server keeps from run to run; 8 by default, 0 keeps none')
    .optional(),
  passBy: z
    .record(z.string(), passBySchema)
    .describe(
      'How outputs of a ComfyUI type leave a run: "val" as data, "ref" as how they are made, "resident" alive in the server',
    )
    .optional(),
  startTimeout: z.number().positive().describe('How long a start may take, in milliseconds').optional(),
  exclusive: z.boolean().describe('A server of its own, although another handle has the same configuration').optional(),
  handleSignals: z
    .boolean()
    .describe('Whether SIGINT, SIGTERM and SIGHUP close the handle before they end the process; true by default')
    .optional(),
})

/** The options that are plain data. */
export type CreateOptions = z.infer<typeof createOptionsSchema>
