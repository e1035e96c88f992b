import { basename, join, normalize, sep } from 'node:path'
import { placeFile } from '../image/place-file.ts'
import type { RunFile } from '../run/run-file.ts'

/** A file of an output node, with the place it was copied to. */
export type SavedFile = RunFile & { readonly savedTo: string | undefined }

/** Copies what output nodes saved or showed into a folder, under the subfolders that they chose. */
export async function saveFiles(
  files: readonly RunFile[],
  folder: string | undefined,
  overwrite: boolean,
): Promise<SavedFile[]> {
  const saved: SavedFile[] = []
  for (const file of files) {
    const savedTo = folder === undefined ? undefined : join(folder, placeInside(file))
    if (savedTo !== undefined) await placeFile(savedTo, overwrite, await file.read())
    saved.push({ ...file, savedTo })
  }
  return saved
}

/** Names come from the server: none of them leads out of the folder. */
function placeInside({ subfolder, filename }: Pick<RunFile, 'subfolder' | 'filename'>): string {
  const parts = normalize(subfolder.replaceAll('\\', '/'))
    .split(sep)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
  return join(...parts, basename(filename.replaceAll('\\', '/')))
}
