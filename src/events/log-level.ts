import type { LogLevel } from './event.ts'

const levels: readonly [LogLevel, RegExp][] = [
  [
    'error',
    /^\W{0,3}(ERROR|CRITICAL|FATAL)\b|^Traceback \(most recent call last\)|^\w*(Error|Exception)\b:|!!! Exception/i,
  ],
  ['warning', /^\W{0,3}WARN(ING)?\b|^\S+:\d+: \w*Warning:/i],
  ['debug', /^\W{0,3}DEBUG\b/i],
]

/** How much a printed line matters: ComfyUI prints its log without levels, but most lines that matter say so. */
export function logLevel(line: string): LogLevel {
  return levels.find(([, pattern]) => pattern.test(line))?.[0] ?? 'info'
}
