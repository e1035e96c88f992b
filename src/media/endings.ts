import { extname } from 'node:path'

/** The endings of files that sounds are written to. */
export const SOUND_ENDINGS: readonly string[] = ['.wav']

/** Whether a file name ends in one of these, in letters of any case. */
export function hasEnding(path: string, endings: readonly string[]): boolean {
  return endings.includes(extname(path).toLowerCase())
}
