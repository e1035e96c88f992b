/** The hint for a port that somebody else has. */
export const portHint = 'the port is taken: choose another one, or none'

type Cause = readonly [pattern: RegExp, hint: (match: RegExpMatchArray, pack: string | undefined) => string]

const causes: readonly Cause[] = [
  [
    /No module named '([^']+)'/,
    ([, name], pack) =>
      pack === undefined
        ? `the Python package "${name}" is missing: install ComfyUI's requirements.txt into the Python that runs it`
        : `the custom node pack "${pack}" needs the Python package "${name}", which is missing: install the requirements of that pack, or leave it out (customNodes: 'none', or a list without it)`,
  ],
  [/address already in use|port \d+ is (already )?(in use|taken)|Errno 98|WinError 10048/i, () => portHint],
  [/No space left on device|Errno 28/i, () => 'the disk is full: free some space'],
  [
    /Found no NVIDIA driver|not compiled with CUDA|No CUDA GPUs are available|Torch not compiled/i,
    () => "this machine has no usable GPU: add args: ['--cpu'], or mend the driver",
  ],
  [
    /^MemoryError|Cannot allocate memory|not enough memory: you tried to allocate/,
    () => "memory ran out: close other programs, or add args: ['--lowvram']",
  ],
  [/unrecognized arguments: (.+)/, (match) => `this ComfyUI does not know the arguments ${match[1]}`],
  [/ASSETS_STARTUP_FAILED|in_use/, () => 'another ComfyUI holds its asset database'],
  [/can't open file '([^']+)'/, (match) => `${match[1]} does not exist`],
]

/** Only where no custom node pack is to blame. */
const oldPython = /^SyntaxError: |'type' object is not subscriptable|unsupported operand type\(s\) for \|: '/

/** What to do about a start that failed, where the log shows a known cause. The last one that it shows counts. */
export function startHint(log: readonly string[]): string | undefined {
  const tail = withoutCaught(log)
  const pack = brokenPack(tail)
  for (const line of tail.toReversed()) {
    for (const [pattern, hint] of causes) {
      const match = pattern.exec(line)
      if (match) return hint(match, pack)
    }
    if (pack === undefined && oldPython.test(line))
      return 'this Python is too old for this ComfyUI: name another one with the option python or DISCOMFORT_PYTHON'
  }
  if (pack === undefined) return undefined
  return `the custom node pack "${pack}" breaks the start: leave it out (customNodes: 'none', or a list without it), update it or remove it`
}

/** What to do where ComfyUI answers without our routes: it goes on when a custom node pack, and so ours, cannot be loaded. */
export function packHint(log: readonly string[]): string {
  for (const line of log.toReversed()) {
    const match = /Cannot import .*[\\/]discomfort module for custom nodes: (.+)/.exec(line)
    if (match) return `it cannot be loaded there: ${match[1]}`
  }
  return "another custom node pack is in its way: customNodes: 'none' leaves all others out"
}

const cannotImport = /Cannot import .* module for custom nodes: /
const traceback = /Traceback \(most recent call last\)/

/** ComfyUI tells of a custom node pack that it cannot import, and goes on: that is not why it ended. */
function withoutCaught(log: readonly string[]): string[] {
  const kept: string[] = []
  for (const line of log) {
    if (!cannotImport.test(line)) kept.push(line)
    else
      kept.splice(
        Math.max(
          0,
          kept.findLastIndex((before) => traceback.test(before)),
        ),
      )
  }
  return kept
}

/** The custom node pack through which the traceback goes that the log ends with. */
function brokenPack(tail: readonly string[]): string | undefined {
  const start = tail.findLastIndex((line) => /Traceback \(most recent call last\)|Fatal Python error/.test(line))
  if (start === -1) return undefined
  const block = tail.slice(start + 1)
  // ComfyUI goes on after most errors of packs; then more than the error's own lines follow.
  if (block.filter((line) => !/^\s/.test(line)).length > 3) return undefined
  for (const line of block.toReversed()) {
    const match = /File ".*[\\/]custom_nodes[\\/]([^\\/"]+)/.exec(line)
    if (match) return match[1]?.replace(/\.py$/, '')
  }
  return undefined
}
