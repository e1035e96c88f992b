import { usageError } from './usage-error.ts'

/**
 * `Name: value` as its name and its value.
 * @throws {@link DiscomfortError} `CONFIG_INVALID`, without what was given: it may be a secret
 */
export function parseHeader(text: string): [name: string, value: string] {
  const at = text.indexOf(':')
  if (at < 1) throw usageError('--header', '--header takes a name and a value: --header "Name: value"')
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
