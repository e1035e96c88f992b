import { parse as parseExactly } from 'lossless-json'
import { invalidWorkflow } from './invalid-workflow.ts'
import { refuseLongText } from './refuse-long.ts'

/**
 * A string, so that what follows is known to be outside of one; a number; or a bare word of Python's JSON. A string that
 * is not closed goes on to the end: looking again behind each of its quotes would take for ever.
 */
const stringNumberOrWord =
  /"[^"\\]*(?:\\[\s\S]?[^"\\]*)*(?:"|$)|-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|-?\bInfinity\b|\bNaN\b/g
const longInteger = /^-?[1-9]\d{15,}$/
const words: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])
const mark = '\u0000discomfort:'
/** The exact place of an error is looked for in texts up to this length. */
const maxSearched = 2 * 1024 * 1024

/**
 * Parses JSON as ComfyUI writes it: Python's NaN and Infinity are numbers, and integers beyond 2^53 become bigint.
 * Both go through the engine's own parser as marked strings, since no other is as quick.
 */
export function parseJsonText(text: string): unknown {
  refuseLongText(text)
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (/\d{16}/.test(clean)) return parseMarked(clean)
  try {
    return JSON.parse(clean) as unknown
  } catch (error) {
    if (/\bNaN\b|\bInfinity\b/.test(clean)) return parseMarked(clean)
    throw brokenJson(clean, error)
  }
}

function parseMarked(text: string): unknown {
  try {
    return restore(JSON.parse(markTokens(text)) as unknown)
  } catch {
    // Once more as it is, for an error that speaks of the text that people have.
    try {
      return JSON.parse(text) as unknown
    } catch (error) {
      throw brokenJson(text, error)
    }
  }
}

function markTokens(text: string): string {
  return text.replace(stringNumberOrWord, (found) =>
    longInteger.test(found) || words.has(found) ? JSON.stringify(mark + found) : found,
  )
}

/** Puts numbers where the marks are. Works on the fresh tree in place, without recursion. */
function restore(tree: unknown): unknown {
  const root = [tree]
  const open: unknown[] = [root]
  while (open.length > 0) {
    const holder = open.pop() as Record<string, unknown>
    for (const key of Object.keys(holder)) {
      const value = holder[key]
      if (typeof value === 'string' && value.startsWith(mark)) setOwn(holder, key, unmarked(value))
      else if (typeof value === 'object' && value !== null) open.push(value)
    }
  }
  return root[0]
}

function unmarked(value: string): unknown {
  const token = value.slice(mark.length)
  if (words.has(token)) return words.get(token)
  if (!longInteger.test(token)) return value
  const number = Number(token)
  return Number.isSafeInteger(number) ? number : BigInt(token)
}

/** A key `__proto__` of the text is a key of the tree, and stays one. */
function setOwn(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

function brokenJson(text: string, cause: unknown): Error {
  if (cause instanceof RangeError) return invalidWorkflow('The JSON is nested too deeply for a workflow.', { cause })
  const position = errorPosition(text, cause)
  const where = position === undefined ? '' : `, ${lineAndColumn(text, position)}`
  const said = cause instanceof Error ? cause.message : String(cause)
  return invalidWorkflow(`The text is not valid JSON${where}: ${said}`, { cause })
}

/** JSON.parse does not always tell the position; the exact parser does. */
function errorPosition(text: string, error: unknown): number | undefined {
  const told = /at position (\d+)/.exec(error instanceof Error ? error.message : '')
  if (told) return Number(told[1])
  if (text.length > maxSearched) return undefined
  try {
    parseExactly(text)
  } catch (again) {
    const found = /at position (\d+)/.exec(again instanceof Error ? again.message : '')
    if (found) return Number(found[1])
  }
  return undefined
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position)
  const line = before.split('\n').length
  return `line ${line}, column ${position - before.lastIndexOf('\n')} (position ${position})`
}
