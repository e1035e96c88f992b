import { open } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'

/**
 * The last lines of a log file, without terminal colours. Where it was just emptied because it had become long, those that
 * moved to the older part beside it come first. Empty where it cannot be read.
 */
export async function logTail(file: string, lines = 30): Promise<string[]> {
  const newest = await lastLines(file, lines)
  if (newest.length >= lines) return newest
  return [...(await lastLines(olderPart(file), lines - newest.length)), ...newest]
}

/** Where launch.py of the pack moves what is too long. */
export function olderPart(logFile: string): string {
  return `${logFile}.1`
}

async function lastLines(file: string, lines: number): Promise<string[]> {
  try {
    await using handle = await open(file, 'r')
    const { size } = await handle.stat()
    const length = Math.min(size, 64 * 1024)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    return stripVTControlCharacters(buffer.toString('utf8'))
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-lines)
  } catch {
    return []
  }
}
