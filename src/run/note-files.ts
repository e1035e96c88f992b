import type { Recipe } from '../context/recipe.ts'
import type { NotedFiles } from '../schema/noted-files.ts'
import type { ComfyConnector } from '../server/connector.ts'
import { noteFiles } from '../server/knowledge/noted-files.ts'

/**
 * References with the state of the files that they name, as it is when they are captured: what is made of another file
 * later is another value. What a reference took over from another one stays as it was noted there.
 */
export async function noteRecipeFiles(
  connector: ComfyConnector,
  recipes: ReadonlyMap<string, Recipe>,
): Promise<ReadonlyMap<string, Recipe>> {
  const all = [...recipes.values()]
  const names = new Set(all.flatMap((recipe) => fileNames(recipe).filter((name) => !Object.hasOwn(recipe.files, name))))
  if (names.size === 0 || !connector.handshake) return recipes
  const noted = await noteFiles(connector.http, [...names])
  return new Map([...recipes].map(([key, recipe]) => [key, { ...recipe, files: filesOf(recipe, noted) }]))
}

function filesOf(recipe: Recipe, noted: NotedFiles): NotedFiles {
  const now = fileNames(recipe).flatMap((name) =>
    Object.hasOwn(noted, name) ? [[name, noted[name] as string] as const] : [],
  )
  return { ...Object.fromEntries(now), ...recipe.files }
}

/** Constants that may name a file: they have an ending. */
function fileNames({ prompt }: Recipe): string[] {
  return Object.values(prompt).flatMap(({ inputs }) =>
    Object.values(inputs).filter((value): value is string => typeof value === 'string' && nameOfFile.test(value)),
  )
}

const nameOfFile = /^[^\n]{1,1000}\.[^\n./\\]{1,20}$/

/** What a run is told about files that are not as they were when a reference to them was captured. */
export function changedFileWarning(name: string): string {
  return `The file "${name}" is not as it was when a reference that names it was captured: what is made of it may be another value now. Run the workflow that gives the reference again to take the file as it is.`
}
