import { fileURLToPath } from 'node:url'
import type { Place } from './place.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** JSON without what differs from run to run and from machine to machine: places, ports, ids, times, versions of Node. */
export function withoutChance(value: unknown, { folder }: Place): unknown {
  const text = JSON.stringify(value)
    .replaceAll(JSON.stringify(folder).slice(1, -1), 'FOLDER')
    .replaceAll(repository, 'REPOSITORY')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/port \d+/g, 'port PORT')
    .replaceAll(/FOLDER\/logs\/[^\s"\\]+/g, 'FOLDER/logs/LOG')
    .replaceAll(/discomfort-\w+-\w{6}/g, 'TEMPORARY')
    .replaceAll(/[\d.]+ GB are free/g, 'SOME GB are free')
  return JSON.parse(text)
}
