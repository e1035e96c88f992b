/** Prints a figure that a test measured, for the notes of whoever runs its long form. */
export function tell(figure: string): void {
  process.stdout.write(`    ${figure}\n`)
}
