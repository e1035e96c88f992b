import { indexDefinitions } from '../prompt/definition-index.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { isModelFile, isSameFile } from './named-models.ts'

const known = new WeakMap<NodeDefinitions, ReadonlyMap<string, readonly string[]>>()

/** Whether any list of the server has a model file, in whatever subfolder. */
export function isListedModel(name: string, definitions: NodeDefinitions): boolean {
  let files = known.get(definitions)
  if (!files) known.set(definitions, (files = modelFiles(definitions)))
  return files.get(baseName(name))?.some((listed) => isSameFile(listed, name)) ?? false
}

/** The model files of all lists, by their names without folders. */
function modelFiles(definitions: NodeDefinitions): ReadonlyMap<string, readonly string[]> {
  const index = indexDefinitions(definitions)
  const files = new Map<string, string[]>()
  const lists = new Set(
    Object.keys(definitions).flatMap((type) => (index(type)?.inputs ?? []).map((input) => input.choices)),
  )
  for (const choice of [...lists].flatMap((list) => list ?? [])) {
    if (typeof choice !== 'string' || !isModelFile(choice)) continue
    const name = baseName(choice)
    const same = files.get(name)
    if (same) same.push(choice)
    else files.set(name, [choice])
  }
  return files
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
