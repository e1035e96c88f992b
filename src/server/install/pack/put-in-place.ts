import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** ComfyUI loads every folder in custom_nodes but those that end like this. */
const aside = '.disabled'
const leftover = /^discomfort\.[0-9a-f-]{36}\.disabled$/

/** The name of something beside a place that is not there yet, or not any more. */
export function besidePlace(place: string): string {
  return join(dirname(place), `discomfort.${randomUUID()}${aside}`)
}

/** Makes something aside and puts it where something else may be, so that the place never holds half of it. */
export async function putInPlace(place: string, make: (beside: string) => Promise<void>): Promise<void> {
  await removeLeftovers(dirname(place))
  const made = besidePlace(place)
  try {
    await make(made)
    await exchange(made, place)
  } catch (error) {
    await removeAny(made)
    throw error
  }
}

async function exchange(made: string, place: string): Promise<void> {
  const before = besidePlace(place)
  const wasThere = await rename(place, before).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
  try {
    await rename(made, place)
  } catch (error) {
    if (wasThere) await rename(before, place)
    throw error
  }
  if (wasThere) await removeAny(before)
}

/** Removes a folder, or a link and never what it leads to. */
export async function removeAny(path: string): Promise<void> {
  await unlink(path).catch(() => rm(path, { recursive: true, force: true, maxRetries: 3 }))
}

/** Of installs that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder)
  await Promise.all(names.filter((name) => leftover.test(name)).map((name) => removeAny(join(folder, name))))
}
