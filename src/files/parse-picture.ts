import { imageTexts } from '../workflow/image-texts.ts'
import { parseImageTexts } from '../workflow/parse.ts'
import type { ParsedSource } from '../workflow/parsed-source.ts'

/**
 * Reads what the pure parser cannot: compressed texts in PNG files and the EXIF data of JPEG, AVIF and other pictures.
 * `undefined` if the bytes are no such picture or the pure parser suffices.
 */
export async function parsePicture(bytes: Uint8Array): Promise<ParsedSource | undefined> {
  if (looksLikeText(bytes)) return undefined
  const plain = imageTexts(bytes)
  if (plain?.has('workflow')) return undefined
  const texts = new Map([...(await metadataTexts(bytes)), ...(plain ?? [])])
  return texts.has('workflow') || texts.has('prompt') ? parseImageTexts(texts) : undefined
}

function looksLikeText(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 0x20)
  return first === undefined || first === 0x7b || first === 0x5b
}

/** Loaded on first use: most workflows are JSON. */
async function metadataTexts(bytes: Uint8Array): Promise<Map<string, string>> {
  const { default: exifReader } = await import('exifreader')
  const texts = new Map<string, string>()
  try {
    const options = { async: true, includeUnknown: true, excludeTags: { xmp: true } } as const
    const tags = await exifReader.load(Buffer.from(bytes), options)
    for (const [name, tag] of Object.entries(tags)) {
      for (const text of stringsOf((tag as { value?: unknown }).value)) addText(texts, name, text)
    }
  } catch {
    // no format that it knows: the caller says what the bytes are not
  }
  return texts
}

function stringsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  return list.filter((item) => typeof item === 'string')
}

/** PNG texts have the keyword as name; EXIF texts begin with it. */
function addText(texts: Map<string, string>, name: string, text: string): void {
  if (/^(?:workflow|prompt)\b/.test(name)) texts.set(name.split(' ')[0] ?? name, text)
  const prefix = /^(workflow|prompt):/i.exec(text)?.[1]
  if (prefix !== undefined) texts.set(prefix.toLowerCase(), text.slice(prefix.length + 1))
}
