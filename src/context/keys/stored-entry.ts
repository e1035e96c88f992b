import { isInteger, isSafeNumber, parse, stringify } from 'lossless-json'
import { z } from 'zod'
import { notedFilesSchema } from '../../schema/noted-files.ts'
import { receiptSchema } from '../../schema/receipt.ts'
import { corruptValue } from '../../values/corrupt-value.ts'
import type { TaggedJson } from '../../values/tagged-json.ts'
import type { Recipe } from '../recipe.ts'
import { storageOf, type StoredValue } from '../stored-value.ts'

const valueSchema = z.object({ receipt: receiptSchema, tree: z.unknown().optional() })

/** What is written down of the value of a key, in a context with a name and in one that was saved. */
export const entrySchema = z.object({
  v: z.literal(1),
  key: z.string(),
  /** When it was written, in milliseconds. */
  at: z.number(),
  ...valueSchema.shape,
  recipe: z
    .object({
      v: z.literal(1),
      type: z.string(),
      isList: z.boolean(),
      prompt: z.record(
        z.string(),
        z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
      ),
      link: z.tuple([z.string(), z.number()]),
      reads: z.array(valueSchema),
      origins: z.record(z.string(), z.object({ workflow: z.string(), node: z.string() })),
      files: notedFilesSchema,
    })
    .optional(),
  /** The files of the values that it needs, by the id of the value: names in the folder of the values. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f-]{36}\.safetensors$/)),
})

/** What is written down of one key. */
export type Entry = z.infer<typeof entrySchema>

/** An entry for a value; `nameFile` names the copy or link of each value file that it needs. */
export function entryOf(key: string, stored: StoredValue, nameFile: (id: string) => string): Entry {
  const { receipt, tree, recipe } = stored
  const files = filesOf(stored).map(({ receipt: { id } }): [string, string] => [id, nameFile(id)])
  return {
    v: 1,
    key,
    at: performance.timeOrigin + performance.now(),
    receipt,
    ...(tree === undefined ? {} : { tree }),
    ...(recipe ? { recipe: writtenRecipe(recipe) } : {}),
    files: Object.fromEntries(files),
  }
}

/** The values whose files a value needs: itself, or those that its recipe reads. */
export function filesOf(stored: StoredValue): StoredValue[] {
  return [stored, ...(stored.recipe?.reads ?? [])].filter((value) => storageOf(value) === 'file')
}

/** The value that an entry tells of. */
export function valueOf({ receipt, tree, recipe }: Entry): StoredValue {
  const reads = (recipe?.reads ?? []).map(plainValue)
  return { ...plainValue({ receipt, tree }), ...(recipe ? { recipe: { ...recipe, reads } } : {}) }
}

/** Text of an entry; integers keep all their digits. */
export function writeEntry(entry: object): string {
  return `${stringify(entry) ?? ''}\n`
}

/**
 * Reads one entry.
 * @throws {@link DiscomfortError} `VALUE_CORRUPT`
 */
export function readEntry(text: string, name: string): Entry {
  return checkEntry(parseText(text, name), name)
}

/** @throws {@link DiscomfortError} `VALUE_CORRUPT` */
export function checkEntry(read: unknown, name: string): Entry {
  const parsed = entrySchema.safeParse(read)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' }
  throw corruptValue(name, `${path.join('.')}: ${message}`)
}

/** @throws {@link DiscomfortError} `VALUE_CORRUPT` */
export function parseText(text: string, name: string): unknown {
  try {
    return parse(text, undefined, parseNumber)
  } catch (error) {
    throw corruptValue(name, 'it is no JSON', error)
  }
}

function parseNumber(text: string): number | bigint {
  return isInteger(text) && !isSafeNumber(text) ? BigInt(text) : Number(text)
}

function writtenRecipe({ v, type, isList, prompt, link, reads, origins, files }: Recipe): Entry['recipe'] {
  return {
    v,
    type,
    isList,
    prompt: prompt as NonNullable<Entry['recipe']>['prompt'],
    link: [...link],
    reads: reads.map(({ receipt, tree }) => ({ receipt, ...(tree === undefined ? {} : { tree }) })),
    origins,
    files,
  }
}

function plainValue({ receipt, tree }: { receipt: Entry['receipt']; tree?: unknown }): StoredValue {
  return { receipt, ...(tree === undefined ? {} : { tree: tree as TaggedJson }) }
}
