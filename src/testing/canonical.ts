import type { Prompt } from '../prompt/prompt.ts'
import type { SubmitBody } from './fake-queue.ts'

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** A request in a form that is the same whenever a client asks for the same: ids that it makes up are left out. */
export function canonicalBody(body: Buffer, contentType = ''): string {
  const boundary = /boundary=(.+)$/.exec(contentType)?.[1]
  const text = body.toString('latin1')
  return (boundary ? text.replaceAll(boundary, '@boundary') : text)
    .replaceAll(uuids, '@id')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '@client')
    .replaceAll(/discomfort\/[0-9a-f]{8}\b/g, 'discomfort/@folder')
}

/** A path in the same sense. */
export function canonicalPath(path: string): string {
  return path.replaceAll(uuids, '@id').replaceAll(/discomfort(\/|%2F)[0-9a-f]{8}\b/gi, 'discomfort$1@folder')
}

/** A prompt in the same sense: a value that is loaded counts by its content. */
export function canonicalPrompt({ prompt, prompt_id: id, discomfort }: SubmitBody): Record<string, string> {
  const { digests = {} } = (discomfort ?? {}) as { digests?: Readonly<Record<string, string>> }
  const nameOf = (found: string) => (found === id ? '@prompt' : `@value ${digests[found] ?? ''}`)
  return Object.fromEntries(
    sorted(prompt).map(([node, { class_type, inputs }]) => [
      node,
      JSON.stringify([class_type, sorted(inputs)]).replaceAll(uuids, nameOf),
    ]),
  )
}

function sorted<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** In what a prompt is another one, for people. */
export function differenceOf(wanted: Record<string, string>, recorded: Record<string, string>, prompt: Prompt): string {
  for (const [id, text] of Object.entries(wanted)) {
    if (recorded[id] === text) continue
    const named = `node ${id} (${prompt[id]?.class_type})`
    if (recorded[id] === undefined) return `${named} is not in the recorded one`
    const before = new Map((JSON.parse(recorded[id]) as [string, [string, unknown][]])[1])
    const now = (JSON.parse(text) as [string, [string, unknown][]])[1]
    const input = now.find(([name, value]) => JSON.stringify(value) !== JSON.stringify(before.get(name)))
    if (!input) return `${named} is another one there`
    const [name, value] = input
    return `input ${name} of ${named} is ${JSON.stringify(value)}, and was ${JSON.stringify(before.get(name))}`
  }
  return 'the recorded one has more nodes'
}
