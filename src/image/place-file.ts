import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DiscomfortError } from '../errors.ts'

/**
 * Writes a file aside and moves it into place, so that nobody ever sees half of it and a failure leaves what was
 * there. Makes the folders above. `content` are the bytes, or a function that is given the path to write to.
 *
 * @throws {@link DiscomfortError} `EXPORT_EXISTS` where the file exists and `overwrite` is false.
 */
export async function placeFile(
  path: string,
  overwrite: boolean,
  content: string | Uint8Array | ((temporary: string) => Promise<unknown>),
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`)
  try {
    if (typeof content === 'function') await content(temporary)
    else await writeFile(temporary, content)
    if (overwrite) await rename(temporary, path)
    else await placeNew(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const message = `The file ${path} exists. Pass { overwrite: true } to replace it.`
    throw new DiscomfortError('EXPORT_EXISTS', message, { details: { path }, cause: error })
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Gives a file a name that nobody has. A rename would replace what somebody put there meanwhile. */
async function placeNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    // Some file systems (FAT, network shares) have no links.
    await copyFile(temporary, path, constants.COPYFILE_EXCL)
  }
}
