/**
 * `npm run schemas`: writes the zod schemas out as JSON: protocol.json for the pack, the schema of the config file for
 * editors. With `--check` it writes nothing and fails when they are stale.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import {
  bridgeErrorSchema,
  describedSchema,
  describeSchema,
  initializedSchema,
  initializeSchema,
  madeRoomSchema,
  openedSchema,
  progressSchema,
  ranSchema,
  runLoopSchema,
  runScriptSchema,
  runWorkflowSchema,
} from '../src/schema/bridge.ts'
import { createOptionsSchema } from '../src/schema/create-options.ts'
import { handshakeSchema, protocol } from '../src/schema/handshake.ts'
import { jobStateSchema } from '../src/schema/job-state.ts'
import { modelCacheSchema } from '../src/schema/model-cache.ts'
import { filesAnswerSchema } from '../src/schema/noted-files.ts'
import { referenceTypes } from '../src/schema/reference-types.ts'
import { receiptSchema } from '../src/schema/receipt.ts'
import { saverEntrySchema } from '../src/schema/saver-entry.ts'
import { submitNoteSchema } from '../src/schema/submit.ts'
import { validatorsSchema } from '../src/schema/validators.ts'

const messages = {
  handshake: handshakeSchema,
  validators: validatorsSchema,
  modelCache: modelCacheSchema,
  files: filesAnswerSchema,
  submit: submitNoteSchema,
  jobState: jobStateSchema,
  receipt: receiptSchema,
  saverEntry: saverEntrySchema,
}
const bridge = {
  initialize: initializeSchema,
  initialized: initializedSchema,
  describe: describeSchema,
  described: describedSchema,
  opened: openedSchema,
  run: runWorkflowSchema,
  loop: runLoopSchema,
  script: runScriptSchema,
  ran: ranSchema,
  progress: progressSchema,
  madeRoom: madeRoomSchema,
  error: bridgeErrorSchema,
}
const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema)
const schemasOf = (schemas: Record<string, z.ZodType>) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)]))
const written = {
  'comfy-nodes/discomfort/protocol.json': {
    protocol: protocol.current,
    referenceTypes,
    messages: schemasOf(messages),
    bridge: schemasOf(bridge),
  },
  'discomfort.config.schema.json': schemaOf(createOptionsSchema.extend({ $schema: z.string().optional() })),
}

for (const [name, value] of Object.entries(written)) {
  const file = fileURLToPath(new URL(`../${name}`, import.meta.url))
  const text = `${JSON.stringify(value, null, 2)}\n`
  if (!process.argv.includes('--check')) await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${name} is stale: run \`npm run schemas\``)
    process.exitCode = 1
  }
}
