import { checkData, checkTree } from './check-nesting.ts'
import { checkShape } from './check-shape.ts'
import { decodeUtf8 } from './decode-text.ts'
import { imageTexts, type ImageTexts } from './image-texts.ts'
import { invalidWorkflow } from './invalid-workflow.ts'
import { parseJsonText } from './json-text.ts'
import type { ParsedSource } from './parsed-source.ts'

/**
 * Recognises a workflow in text, bytes or data: canvas JSON (0.4 and 1.0), API JSON, and PNG or WebP pictures that
 * ComfyUI saved (their workflow, else their prompt). Integers beyond 2^53 become bigint; NaN and Infinity, which Python
 * writes, are numbers. Data that is given as an object is checked and passed on, not copied.
 *
 * @throws {@link DiscomfortError} `WORKFLOW_INVALID`, with the position in the text or the path in the JSON.
 * @example
 * const parsed = parseWorkflow(await file.text())
 * if (parsed.kind === 'workflow') console.log(parsed.workflow.nodes.length)
 */
export function parseWorkflow(source: string | Uint8Array | object): ParsedSource {
  if (typeof source === 'string') return checkShape(checkTree(parseJsonText(source)))
  if (source instanceof Uint8Array) return parseBytes(source)
  return checkShape(checkData(source))
}

function parseBytes(bytes: Uint8Array): ParsedSource {
  const texts = imageTexts(bytes)
  if (texts) return parseImageTexts(texts)
  const text = decodeUtf8(bytes)
  if (text === undefined) throw invalidWorkflow('The bytes are neither JSON text nor a PNG or WebP picture.')
  return parseWorkflow(text)
}

/** Takes the workflow of a picture, else its prompt. */
export function parseImageTexts(texts: ImageTexts): ParsedSource {
  const text = texts.get('workflow') ?? texts.get('prompt')
  if (text === undefined) {
    throw invalidWorkflow(
      'The picture holds no workflow. ComfyUI was told not to save it, or another program saved the picture again.',
    )
  }
  return parseWorkflow(text)
}
