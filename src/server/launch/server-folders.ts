import { join } from 'node:path'
import type { Installation } from '../install/installation.ts'

/** The folders of a ComfyUI that files are taken from and put into. */
export type FolderType = 'input' | 'output' | 'models' | 'temp'

/** Where a server that we started has its folders: as its own arguments say, else in its installation. */
export function serverFolder(
  type: FolderType,
  server: {
    readonly installation: Pick<Installation, 'folder' | 'base'>
    readonly ownFolder: string
    readonly output?: string | undefined
    readonly args?: readonly string[] | undefined
  },
): string {
  const { installation, ownFolder, output, args } = server
  if (type === 'output' && output) return output
  if (type === 'temp') return join(ownFolder, 'temp')
  const named = args?.indexOf(`--${type}-directory`) ?? -1
  return (named >= 0 && args?.[named + 1]) || join(installation.base ?? installation.folder, type)
}
