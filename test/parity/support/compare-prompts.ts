import type { Prompt } from '../../../src/prompt/prompt.ts'
import { exceptions } from './exceptions.ts'

/** Every difference between our prompt and the page's, one line each. */
export function comparePrompts(ours: Prompt, pages: Prompt): readonly string[] {
  const differences: string[] = []
  for (const id of new Set([...Object.keys(pages), ...Object.keys(ours)])) {
    const own = ours[id]
    const page = pages[id]
    if (exceptions.isUnknownNode(pages, id) && page) continue
    if (!page) differences.push(`${id} ${own?.class_type}: the page has no such node`)
    else if (!own) differences.push(`${id} ${page.class_type}: is missing`)
    else {
      const at = `${id} ${page.class_type}`
      if (own.class_type !== page.class_type) differences.push(`${at}: class_type is ${own.class_type}`)
      if (own._meta?.title !== page._meta?.title)
        differences.push(`${at}: title ${show(own._meta?.title)}, page ${show(page._meta?.title)}`)
      for (const name of new Set([...Object.keys(page.inputs), ...Object.keys(own.inputs)])) {
        if (exceptions.isDrawnByPage(page.class_type, name) || isEqual(own.inputs[name], page.inputs[name])) continue
        if (exceptions.isUploadButton(name, own.inputs[name])) continue
        differences.push(`${at}.${name}: ${show(own.inputs[name])}, page ${show(page.inputs[name])}`)
      }
    }
  }
  return differences
}

/** Whether two values are the same JSON; numbers count by value. */
function isEqual(ours: unknown, pages: unknown): boolean {
  if (typeof pages === 'number' && (typeof ours === 'number' || typeof ours === 'bigint'))
    return exceptions.sameNumber(ours, pages)
  if (typeof ours !== 'object' || typeof pages !== 'object' || ours === null || pages === null) return ours === pages
  if (Array.isArray(ours) !== Array.isArray(pages)) return false
  const own = Object.entries(ours).filter(([, value]) => value !== undefined)
  return (
    own.length === Object.keys(pages).length &&
    own.every(
      ([key, value]) => Object.hasOwn(pages, key) && isEqual(value, (pages as Readonly<Record<string, unknown>>)[key]),
    )
  )
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner))
  return text === undefined ? 'nothing' : text.length > 90 ? `${text.slice(0, 90)}…` : text
}
