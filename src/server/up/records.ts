import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { discomfortHome } from '../../home.ts'
import { stayingServerSchema, type StayingRecord } from '../../schema/staying-server.ts'
import type { ServerIdentity } from './identify.ts'

/** Where the state files are, one for each server that stays. Made so that nobody else reads them. */
export async function recordsFolder(): Promise<string> {
  const folder = join(discomfortHome(), 'up')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** All servers that state files tell of, also of such that have ended. What is no such file is left out. */
export async function readRecords(): Promise<StayingRecord[]> {
  const folder = join(discomfortHome(), 'up')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  const records = await Promise.all(names.map((name) => readFrom(join(folder, name))))
  return records.filter((record) => record !== undefined)
}

/** The record of that key. */
export function readRecord(key: string): Promise<StayingRecord | undefined> {
  return readFrom(join(discomfortHome(), 'up', `${key}.json`))
}

/** The records of servers that do for a configuration: where it asks for no port, any one does. */
export async function fittingRecords({ key, likeness, configuration }: ServerIdentity): Promise<StayingRecord[]> {
  const records = await readRecords()
  const same = records.filter((record) => record.key === key)
  const alike = records.filter((record) => record.key !== key && record.likeness === likeness)
  return configuration.port === undefined ? [...same, ...alike] : same
}

/** Writes the state file of a server, for its user alone. */
export async function writeRecord(record: StayingRecord): Promise<void> {
  const folder = await recordsFolder()
  const aside = join(folder, `${record.key}.${randomUUID()}.new`)
  await writeFile(aside, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  await rename(aside, join(folder, `${record.key}.json`))
}

/** Removes the state file of a server, and not that of one which came after it. */
export async function removeRecord({ key, nonce }: Pick<StayingRecord, 'key' | 'nonce'>): Promise<void> {
  const file = join(discomfortHome(), 'up', `${key}.json`)
  const away = `${file}.${randomUUID()}.old`
  try {
    if ((await readFrom(file))?.nonce !== nonce) return
    await rename(file, away)
    if ((await readFrom(away))?.nonce === nonce) await rm(away)
    else await rename(away, file)
  } catch {
    // Somebody else was quicker.
  }
}

async function readFrom(file: string): Promise<StayingRecord | undefined> {
  try {
    return stayingServerSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}
