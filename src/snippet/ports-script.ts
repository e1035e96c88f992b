import { isReferenceType } from '../schema/reference-types.ts'
import { KINDS, type Kind } from '../values/kinds.ts'
import type { ListedPort, PortList } from './list-ports.ts'

/** How a type is brought in that cannot be written down. */
const openers: Readonly<Record<string, { readonly name: string; readonly call: string }>> = {
  IMAGE: { name: 'Image', call: "await Image.open('%.png')" },
  MASK: { name: 'Image', call: "await Image.openMask('%.png')" },
  AUDIO: { name: 'Audio', call: "await Audio.open('%.wav')" },
  VIDEO: { name: 'Video', call: "await Video.open('%.mp4')" },
}

/** The types whose values are written to files, and the endings of these. */
const endings: Readonly<Record<string, string>> = { IMAGE: '.png', AUDIO: '.wav', VIDEO: '.mp4' }

/** A TypeScript script that runs the workflow: its INPUT ports with what is drawn, its OUTPUT ports with their kinds. */
export function portsScript(workflow: string, list: PortList, server: string | undefined): string {
  const inputs = uniqueById(list.inputs)
  const openings = inputs.flatMap(({ drawn, type }) => (drawn === undefined ? (openers[type] ?? []) : []))
  const names = ['Discomfort', ...new Set(openings.map(({ name }) => name))].sort()
  const kinds = list.outputs.filter(hasKind)
  const isPortless = list.outputs.length === 0
  const begin = isPortless ? 'const run = ' : 'const outputs = await '
  const options = [...inputLines(inputs, list), ...kindLines(kinds)]
  return [
    `import { ${names.join(', ')} } from 'discomfort'`,
    '',
    `const discomfort = await Discomfort.create(${server === undefined ? '' : `{ server: ${literal(server)} }`})`,
    'try {',
    ...(options.length === 0
      ? [`  ${begin}discomfort.run(${literal(workflow)})`]
      : [`  ${begin}discomfort.run(${literal(workflow)}, {`, ...options.map((line) => `    ${line}`), '  })']),
    ...(isPortless ? ['  await run', '  for (const file of run.files) console.log(file.path ?? file.url)'] : []),
    // What has no kind is there at run time but unknown to the type once kinds are given.
    ...kinds.flatMap(useLines),
    ...(kinds.length === 0 && !isPortless ? ['  console.log(outputs)'] : []),
    '} finally {',
    '  await discomfort.close()',
    '}',
  ].join('\n')
}

function inputLines(inputs: readonly ListedPort[], list: PortList): string[] {
  const lines = inputs.map((port) => {
    const opener = openers[port.type]
    if (port.drawn !== undefined) return `${key(port.uniqueId)}: ${literal(port.drawn)},`
    if (opener) return `${key(port.uniqueId)}: ${opener.call.replace('%', fileStem(port.uniqueId))},`
    return `// ${key(port.uniqueId)}: …, it takes ${port.type === '*' ? 'anything' : `a value of type ${port.type}`}`
  })
  if (lines.length > 0) return ['inputs: {', ...lines.map((line) => `  ${line}`), '},']
  const settable = list.inputAddresses.filter(({ drawn, from }) => drawn !== undefined && from === undefined)
  if (settable.length === 0) return []
  return [
    'inputs: {',
    ...settable.slice(0, 12).map(({ address, drawn }) => `  // ${literal(address)}: ${literal(drawn)},`),
    '},',
  ]
}

function kindLines(outputs: readonly ListedPort[]): string[] {
  if (outputs.length === 0) return []
  return [`outputs: { ${outputs.map(({ uniqueId, type }) => `${key(uniqueId)}: '${type}'`).join(', ')} },`]
}

function useLines({ uniqueId, type }: ListedPort): string[] {
  const value = /^[A-Za-z_$][\w$]*$/.test(uniqueId) ? `outputs.${uniqueId}` : `outputs[${literal(uniqueId)}]`
  const ending = endings[type]
  if (ending !== undefined) return [`  await ${value}.toFile(${literal(fileStem(uniqueId) + ending)})`]
  return [`  console.log(${literal(`${uniqueId}:`)}, ${value})`]
}

function hasKind({ type, isList }: ListedPort): boolean {
  return !isList && KINDS.includes(type as Kind) && !isReferenceType(type)
}

function uniqueById(ports: readonly ListedPort[]): ListedPort[] {
  return [...new Map(ports.toReversed().map((port) => [port.uniqueId, port])).values()].toReversed()
}

function fileStem(id: string): string {
  return id.replaceAll(/[^\w-]+/g, '-') || 'value'
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : literal(name)
}

/** A value as TypeScript, quoted as in the house. */
function literal(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return singleQuoted(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).map(([name, item]) => `${key(name)}: ${literal(item)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function singleQuoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}
