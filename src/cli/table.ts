import { printable } from './write.ts'

/** Rows in columns that line up; columns without any text are left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const clean = rows.map((row) => row.map(printable))
  const used = head.map((_, column) => clean.some((row) => (row[column] ?? '') !== ''))
  const lines = [head, ...clean].map((row) => head.map((_, column) => row[column] ?? '').filter((_, at) => used[at]))
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}
