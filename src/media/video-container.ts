import { hasEnding } from './endings.ts'

/** The container of a video file, of those that are told apart. */
export type VideoContainer = 'mp4' | 'mov' | 'webm' | 'matroska' | 'avi'

/** The endings of their files. */
const ENDINGS: Readonly<Record<VideoContainer, readonly string[]>> = {
  mp4: ['.mp4', '.m4v'],
  mov: ['.mov'],
  webm: ['.webm'],
  matroska: ['.mkv'],
  avi: ['.avi'],
}

/** The endings of files that videos are written to and read from. */
export const VIDEO_ENDINGS: readonly string[] = Object.values(ENDINGS).flat()

/** How many bytes of a file {@link containerOf} looks at. */
export const HEAD_LENGTH = 64

/** The container of a file by its first bytes, undefined where it is none of these. */
export function containerOf(head: Uint8Array): VideoContainer | undefined {
  const text = (start: number, end: number) => String.fromCharCode(...head.subarray(start, end))
  if (text(4, 8) === 'ftyp') return text(8, 12) === 'qt  ' ? 'mov' : 'mp4'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'AVI ') return 'avi'
  if (text(0, 4) !== '\u001a\u0045\u00df\u00a3') return undefined
  // Both have this header, and the type of the document as an element of it.
  return text(4, HEAD_LENGTH).includes('webm') ? 'webm' : 'matroska'
}

/** The endings that a file of a container may have. */
export function endingsOf(container: VideoContainer): readonly string[] {
  return ENDINGS[container]
}

/** Whether a path ends like a file of a container. */
export function fitsContainer(path: string, container: VideoContainer): boolean {
  return hasEnding(path, ENDINGS[container])
}
