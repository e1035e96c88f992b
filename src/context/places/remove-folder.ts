import { rm } from 'node:fs/promises'

/** Removes the folder of a context, if it is there. Never fails: what stays is swept when this process is dead. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // Windows does not remove what is still mapped.
  }
}
