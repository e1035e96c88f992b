/** Writes a result: the only thing that goes to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Writes a note or progress for people. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Text of a workflow or server on one line, without what a terminal takes for commands. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ')
}
