import { open } from 'node:fs/promises'

/** The last lines of a log file, without terminal colours. Empty where it cannot be read. */
export async function logTail(file: string, lines = 30): Promise<string[]> {
  try {
    await using handle = await open(file, 'r')
    const { size } = await handle.stat()
    const length = Math.min(size, 64 * 1024)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    // oxlint-disable-next-line no-control-regex -- colours are control sequences
    const text = buffer.toString('utf8').replaceAll(/\u001B\[[0-9;]*m/g, '')
    return text
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-lines)
  } catch {
    return []
  }
}

/** The hint for a port that somebody else has. */
export const portHint = 'the port is taken: choose another one, or none'

const causes: readonly [pattern: RegExp, hint: (match: RegExpMatchArray) => string][] = [
  [
    /No module named '([^']+)'/,
    (match) =>
      `the Python package "${match[1]}" is missing: install ComfyUI's requirements.txt into the Python that runs it`,
  ],
  [/address already in use|port \d+ is (already )?(in use|taken)|Errno 98|WinError 10048/i, () => portHint],
  [/No space left on device/i, () => 'the disk is full'],
  [
    /Found no NVIDIA driver|not compiled with CUDA|No CUDA GPUs are available|Torch not compiled/i,
    () => "this machine has no usable GPU: add args: ['--cpu'], or mend the driver",
  ],
  [/unrecognized arguments: (.+)/, (match) => `this ComfyUI does not know the arguments ${match[1]}`],
  [/ASSETS_STARTUP_FAILED|in_use/, () => 'another ComfyUI holds its asset database'],
  [/can't open file '([^']+)'/, (match) => `${match[1]} does not exist`],
]

/** What to do about a start that failed, where the log shows a known cause. */
export function startHint(tail: readonly string[]): string | undefined {
  for (const [pattern, hint] of causes) {
    for (const line of tail.toReversed()) {
      const match = pattern.exec(line)
      if (match) return hint(match)
    }
  }
  return undefined
}
