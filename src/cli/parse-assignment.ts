import { usageError } from './usage-error.ts'

/** One `--input`: `name=text`, `name=@file` or `name:=JSON`. */
export interface Assignment {
  readonly name: string
  readonly form: 'text' | 'file' | 'json'
  readonly text: string
}

/** @throws {@link DiscomfortError} `CONFIG_INVALID` */
export function parseAssignment(given: string): Assignment {
  const at = given.indexOf('=')
  const isJson = given[at - 1] === ':'
  const name = given.slice(0, isJson ? at - 1 : at)
  const text = given.slice(at + 1)
  if (at < 1 || name === '')
    throw usageError('--input', `--input ${given} names no value. Write name=value, name=@file or name:=JSON.`)
  if (isJson) return { name, form: 'json', text }
  return text.startsWith('@') ? { name, form: 'file', text: text.slice(1) } : { name, form: 'text', text }
}
