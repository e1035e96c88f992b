import { expect, it } from 'vitest'
import { logLevel } from '../../src/events/log-level.ts'

it.each([
  ['error', 'ERROR: something'],
  ['error', '[ERROR] something'],
  ['error', '!!! Exception during processing !!! it broke'],
  ['error', 'Traceback (most recent call last):'],
  ['error', 'RuntimeError: CUDA error'],
  ['warning', 'WARNING: no model'],
  ['warning', '[WARN] no model'],
  ['warning', '/usr/lib/a.py:12: UserWarning: old'],
  ['debug', '[DEBUG] here'],
  ['info', 'Prompt executed in 0.01 seconds'],
  ['info', 'no errors were found'],
  ['info', ''],
] as const)('a line of level %s: %s', (level, line) => {
  expect(logLevel(line)).toBe(level)
})
