import type { PassBy, PassByChoice } from '../run/pass-by.ts'
import { passBySchema } from '../schema/create-options.ts'
import { usageError } from './usage-error.ts'

/**
 * How outputs leave a run: `ref` for all, or `model=ref` for one.
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export function parsePassBy(given: readonly string[]): PassByChoice | undefined {
  const single = given.at(-1)
  if (single === undefined) return undefined
  if (given.every(isWay)) return single as PassBy
  const ways = given.map((text): [string, PassBy] => {
    const at = text.lastIndexOf('=')
    const way = text.slice(at + 1)
    if (at > 0 && isWay(way)) return [text.slice(0, at), way]
    throw usageError(
      '--pass-by',
      `--pass-by ${text} is not understood. Write val, ref or resident, alone or as name=ref.`,
    )
  })
  return Object.fromEntries(ways)
}

function isWay(text: string): text is PassBy {
  return passBySchema.safeParse(text).success
}
