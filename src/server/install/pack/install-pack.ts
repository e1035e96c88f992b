import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { DiscomfortError } from '../../../errors.ts'
import { findCustomNodes } from './find-custom-nodes.ts'
import { bridgeFile, lookAtPack, type InstalledPack } from './look-at-pack.ts'
import { builtCommandLine, packFolder } from './pack-folder.ts'
import { putInPlace } from './put-in-place.ts'

/** How the pack gets into a ComfyUI. */
export type PackKind = 'link' | 'copy'

/** A pack that was put into a ComfyUI. */
export interface PackInstall {
  /** Where ComfyUI finds it. */
  readonly path: string
  readonly kind: PackKind
  /** What was there before. */
  readonly before: Exclude<InstalledPack, { kind: 'other' }>
  /** What may become a problem, in words. */
  readonly warnings: readonly string[]
}

/** Sources of the page, and what Python leaves. */
const notCopied = new Set(['__pycache__', 'page'])

/**
 * Puts the node pack of this package into custom_nodes of a ComfyUI. What is there already from an earlier install is
 * replaced at once, by the same kind where none is asked for. Where the system allows no link it is a copy.
 *
 * @throws {@link DiscomfortError} `COMFYUI_NOT_FOUND`; `EXPORT_EXISTS` where something of somebody else is in its place;
 * `INSTALL_FAILED` where it cannot be written.
 */
export async function installPack(folder: string, asked?: PackKind): Promise<PackInstall> {
  const customNodes = await findCustomNodes(folder)
  const path = join(customNodes, 'discomfort')
  const before = await lookAtPack(path)
  if (before.kind === 'other') throw notOurs(path, before.what)
  const wanted = asked ?? (before.kind === 'copy' ? 'copy' : 'link')
  try {
    await mkdir(customNodes, { recursive: true })
    const kind = await place(path, wanted, before)
    return { path, kind, before, warnings: warningsOf(kind, wanted) }
  } catch (cause) {
    throw notWritten(path, 'written', cause as Error)
  }
}

async function place(path: string, wanted: PackKind, before: InstalledPack): Promise<PackKind> {
  if (wanted === 'link') {
    if (before.kind === 'link' && before.target === packFolder) return 'link'
    if (await isLinked(path)) return 'link'
  }
  await putInPlace(path, copyPack)
  return 'copy'
}

function warningsOf(kind: PackKind, wanted: PackKind): string[] {
  const warnings: string[] = []
  if (kind !== wanted)
    warnings.push('No link can be made there, so it is a copy. Install it again whenever this package was updated.')
  if (packFolder.split(sep).includes('_npx'))
    warnings.push(
      'This package lies in a cache that npm empties. Install it (npm install --global discomfort), then the nodes again.',
    )
  return warnings
}

/** False where the system, or the user's rights on it, know no links. */
async function isLinked(path: string): Promise<boolean> {
  try {
    // A junction needs no rights on Windows; elsewhere the word means nothing.
    await putInPlace(path, (beside) => symlink(packFolder, beside, 'junction'))
    return true
  } catch (error) {
    if (['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

/** A copy leads to no package by itself, so it says where one is. */
async function copyPack(beside: string): Promise<void> {
  await cp(packFolder, beside, { recursive: true, filter: (source) => !notCopied.has(basename(source)) })
  await writeFile(
    join(beside, bridgeFile),
    `${JSON.stringify({ node: process.execPath, cli: builtCommandLine }, undefined, 2)}\n`,
  )
}

/** The error for what others put in the pack's place. */
export function notOurs(path: string, what: string): DiscomfortError<'EXPORT_EXISTS'> {
  return new DiscomfortError(
    'EXPORT_EXISTS',
    `${path} is ${what}, and was not put there by \`discomfort nodes install\`. It is left alone; take it away first.`,
    { details: { path } },
  )
}

/** The error for a place that does not let us. */
export function notWritten(path: string, done: 'written' | 'removed', cause: Error): DiscomfortError<'INSTALL_FAILED'> {
  const reason = `${path} cannot be ${done} (${(cause as NodeJS.ErrnoException).code ?? cause.message})`
  return new DiscomfortError('INSTALL_FAILED', `${reason}. Mend that, for example its permissions, and try again.`, {
    details: { step: 'node pack', reason, folder: path, logTail: [] },
    cause,
  })
}
