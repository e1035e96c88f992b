import { join } from 'node:path'
import { corruptValue } from '../../values/corrupt-value.ts'

const VALUE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The file of a value. An id that comes from outside is checked before a path is made of it. */
export function valuePath(folder: string, id: string): string {
  if (!VALUE_ID.test(id)) throw corruptValue(id.slice(0, 80), 'its id is no UUID')
  return join(folder, `${id}.safetensors`)
}

/** The lease of a value that stays alive in the server: it is forgotten there once this file is gone. */
export function leasePath(folder: string, id: string): string {
  return valuePath(folder, id).replace(/safetensors$/, 'resident')
}
