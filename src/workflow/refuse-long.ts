import { invalidWorkflow } from './invalid-workflow.ts'

/** The largest known workflows are below 10 MB, and reading must stay quick. */
const maxCharacters = 16 * 1024 * 1024

/** @throws {@link DiscomfortError} `WORKFLOW_INVALID` for a text that is too long for a workflow */
export function refuseLongText(text: string): void {
  refuseLonger(text.length, maxCharacters, 'characters')
}

/**
 * Bytes are refused before they are decoded: no text of the longest allowed has more of them.
 * @throws {@link DiscomfortError} `WORKFLOW_INVALID`
 */
export function refuseLongBytes(bytes: Uint8Array): void {
  refuseLonger(bytes.length, 3 * maxCharacters, 'bytes')
}

function refuseLonger(length: number, most: number, unit: string): void {
  if (length <= most) return
  throw invalidWorkflow(`The text is too large for a workflow: ${length} ${unit}, at most ${most}.`)
}
