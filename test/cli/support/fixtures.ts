import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Enough of a ComfyUI to draw the workflow below. */
const definitions = {
  LoadModel: {
    name: 'LoadModel',
    display_name: 'Load Model',
    input: { required: { model_name: [['sub/here.safetensors', 'other.safetensors']] } },
    input_order: { required: ['model_name'] },
    output: ['MODEL'],
    output_is_list: [false],
    output_name: ['MODEL'],
    output_node: false,
  },
  Sampler: {
    name: 'Sampler',
    display_name: 'Sampler',
    input: {
      required: {
        model: ['MODEL'],
        seed: ['INT', { default: 0, min: 0, max: 18446744073709552000 }],
        cfg: ['FLOAT', { default: 8 }],
        text: ['STRING', { multiline: true }],
      },
    },
    input_order: { required: ['model', 'seed', 'cfg', 'text'] },
    output: ['IMAGE'],
    output_is_list: [false],
    output_name: ['IMAGE'],
    output_node: false,
  },
}

/** Two INPUT ports, an OUTPUT port, and a seed with more digits than a double holds. As text, since JSON would lose them. */
export function workflowText(model = 'sub/here.safetensors', more: { models?: object[]; type?: string } = {}): string {
  const properties = more.models ? { models: more.models } : {}
  return `{
  "version": 0.4,
  "nodes": [
    { "id": 1, "type": "LoadModel", "mode": 0, "properties": ${JSON.stringify(properties)},
      "inputs": [], "outputs": [{ "name": "MODEL", "type": "MODEL", "links": [1] }], "widgets_values": ["${model}"] },
    { "id": 2, "type": "${more.type ?? 'Sampler'}", "title": "Main sampler", "mode": 0, "properties": { "cnr_id": "some-pack" },
      "inputs": [
        { "name": "model", "type": "MODEL", "link": 1 },
        { "name": "text", "type": "STRING", "widget": { "name": "text" }, "link": 2 }
      ],
      "outputs": [{ "name": "IMAGE", "type": "IMAGE", "links": [3] }],
      "widgets_values": [18446744073709551615, "fixed", 7.5, "it's red"] },
    { "id": 3, "type": "DiscomfortPort", "title": "The prompt", "mode": 0,
      "inputs": [{ "name": "value", "type": "*", "link": null }],
      "outputs": [{ "name": "value", "type": "*", "links": [2] }], "widgets_values": ["prompt", "text, main"] },
    { "id": 4, "type": "DiscomfortPort", "title": "Picture", "mode": 0,
      "inputs": [{ "name": "value", "type": "*", "link": 3 }],
      "outputs": [{ "name": "value", "type": "*", "links": [] }], "widgets_values": ["my image", ""] }
  ],
  "links": [[1, 1, 0, 2, 0, "MODEL"], [2, 3, 0, 2, 1, "STRING"], [3, 2, 0, 4, 0, "*"]]
}`
}

/** A folder with `workflow.json`, `definitions.json` and an empty home, and how a command line runs in it alone. */
export async function cliFolder(workflow = workflowText()): Promise<
  AsyncDisposable & {
    readonly path: string
    readonly options: { cwd: string; env: Record<string, string | undefined> }
  }
> {
  const path = await mkdtemp(join(tmpdir(), 'discomfort-cli-'))
  await writeFile(join(path, 'workflow.json'), workflow)
  await writeFile(join(path, 'definitions.json'), JSON.stringify(definitions))
  const home = join(path, 'home')
  const env = { HOME: home, USERPROFILE: home, DISCOMFORT_HOME: home, DISCOMFORT_COMFYUI: undefined }
  return { path, options: { cwd: path, env }, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A ComfyUI without the pack that tells its node definitions and nothing else. */
export async function definitionServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const answers: Record<string, unknown> = {
      '/object_info': definitions,
      '/queue': { queue_running: [], queue_pending: [] },
    }
    const answer = answers[request.url ?? '']
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as { port: number }
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${address.port}`, [Symbol.asyncDispose]: close }
}
