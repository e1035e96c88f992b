import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { handshakeSchema } from '../../src/schema/handshake.ts'
import { modelCacheSchema } from '../../src/schema/model-cache.ts'
import { filesAnswerSchema } from '../../src/schema/noted-files.ts'
import { saverEntrySchema } from '../../src/schema/saver-entry.ts'
import { submitNoteSchema } from '../../src/schema/submit.ts'
import { validatorsSchema } from '../../src/schema/validators.ts'

const schemas = {
  handshake: handshakeSchema,
  validators: validatorsSchema,
  modelCache: modelCacheSchema,
  submit: submitNoteSchema,
  files: filesAnswerSchema,
  saverEntry: saverEntrySchema,
  residentEntry: saverEntrySchema,
}
const optional: Partial<Record<string, string>> = { submit: 'files', saverEntry: 'tree', residentEntry: 'resident' }

const golden = JSON.parse(await readFile(new URL('../golden/messages.json', import.meta.url), 'utf8')) as Record<
  keyof typeof schemas,
  object
>

describe.each(Object.entries(schemas))('the message %s', (name, schema) => {
  const message = golden[name as keyof typeof schemas]

  it('is read as both sides have agreed', () => {
    expect(schema.parse(message)).toEqual(message)
  })

  it('is refused in another version, or without one of its parts', () => {
    expect(schema.safeParse({ ...message, v: '1' }).success).toBe(false)
    for (const part of Object.keys(message).filter((key) => key !== optional[name])) {
      expect(schema.safeParse({ ...message, [part]: undefined }).success).toBe(false)
    }
  })
})
