import { access } from 'node:fs/promises'
import { DiscomfortError } from '../errors.ts'

/**
 * Looks before the work begins, so that nothing is computed in vain.
 * @throws {@link DiscomfortError} `EXPORT_EXISTS`
 */
export async function refuseExisting(files: readonly string[], overwrite: boolean): Promise<void> {
  if (overwrite) return
  for (const path of files) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    )
    if (isThere)
      throw new DiscomfortError('EXPORT_EXISTS', `The file ${path} exists. Add --overwrite to replace it.`, {
        details: { path },
      })
  }
}
