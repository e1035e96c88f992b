import { parse as parseExactly } from 'lossless-json'
import { invalidWorkflow } from './invalid-workflow.ts'

/** Longer texts are refused: the largest known workflows are below 10 MB. */
const maxCharacters = 64 * 1024 * 1024

/** A string, so that what follows is known to be outside of one; or a bare word of Python's JSON. */
const stringOrWord = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g
const words: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity }
const mark = '\u0000discomfort:'

/**
 * Parses JSON as ComfyUI writes it: Python's NaN and Infinity are numbers, and integers beyond 2^53 become bigint.
 * The exact parser is slower, so it only reads texts that hold a run of 16 or more digits.
 */
export function parseJsonText(text: string): unknown {
  if (text.length > maxCharacters) {
    throw invalidWorkflow(`The text is too large for a workflow: ${text.length} characters, at most ${maxCharacters}.`)
  }
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  try {
    return parseAny(clean)
  } catch (error) {
    const marked = /\bNaN\b|\bInfinity\b/.test(clean) ? markWords(clean) : clean
    if (marked !== clean) return parseMarked(marked, clean)
    throw brokenJson(clean, error)
  }
}

function parseAny(text: string): unknown {
  return /\d{16}/.test(text) ? parseBigIntegers(text) : (JSON.parse(text) as unknown)
}

function parseBigIntegers(text: string): unknown {
  return parseExactly(text, null, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue })
}

function exactNumber(digits: string): number | bigint {
  const number = Number(digits)
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(digits) ? number : BigInt(digits)
}

function markWords(text: string): string {
  return text.replace(stringOrWord, (found) => (found.startsWith('"') ? found : JSON.stringify(mark + found)))
}

function parseMarked(marked: string, original: string): unknown {
  try {
    return restoreWords(parseAny(marked))
  } catch (error) {
    throw brokenJson(original, error)
  }
}

/** Puts numbers where the marks are. Works on the fresh tree in place, without recursion. */
function restoreWords(tree: unknown): unknown {
  const root = [tree]
  const open: unknown[] = [root]
  while (open.length > 0) {
    const holder = open.pop() as Record<string, unknown>
    for (const key of Object.keys(holder)) {
      const value = holder[key]
      if (typeof value === 'string' && value.startsWith(mark)) holder[key] = words[value.slice(mark.length)]
      else if (typeof value === 'object' && value !== null) open.push(value)
    }
  }
  return root[0]
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
  try {
    parseBigIntegers(text)
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
