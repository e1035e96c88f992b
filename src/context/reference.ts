import { stringify } from 'lossless-json'
import { DiscomfortError } from '../errors.ts'
import { placeFile } from '../image/place-file.ts'
import { portClass } from '../prompt/pack-definitions.ts'
import { withLinks, type Prompt, type PromptLink, type PromptNode } from '../prompt/prompt.ts'
import { titleOf } from '../prompt/title-of.ts'
import type { NodeOrigin, Recipe } from './recipe.ts'

/**
 * A value by reference: not the thing itself (a model cannot leave the server) but how it is made. Whatever INPUT port it
 * is given to gets these nodes in front of it; ComfyUI makes the value once and keeps it, and all that use it share it.
 *
 * @example
 * const { model } = await discomfort.run('load.json', { context })  // a Reference; nothing was loaded yet
 * await discomfort.run('sample.json', { context })                   // its INPUT port "model" takes it from the context
 * await model.toFile('model-recipe.json')                            // opens in ComfyUI, runs by discomfort.run
 */
export class Reference {
  /** @internal */
  readonly recipe: Recipe

  /** @internal */
  constructor(recipe: Recipe) {
    this.recipe = recipe
  }

  /** The ComfyUI type of what it makes: `'MODEL'`. */
  get type(): string {
    return this.recipe.type
  }

  /** The nodes that make it, each with the workflow that it comes from, in the order in which they run. */
  get nodes(): readonly (NodeOrigin & { readonly classType: string; readonly title: string })[] {
    const { prompt, origins } = this.recipe
    return Object.entries(prompt).map(([id, node]) => ({
      ...(origins[id] ?? { workflow: '', node: id }),
      classType: node.class_type,
      title: titleOf(node),
    }))
  }

  /**
   * The prompt that makes the value and gives it to an OUTPUT port. Nodes have short ids in it; files that it reads from a
   * context lie there only as long as that context.
   *
   * @example
   * const { model } = await discomfort.run(reference.toPrompt('model'))
   */
  toPrompt(uniqueId = 'value'): Prompt {
    const ids = new Map(Object.keys(this.recipe.prompt).map((id, index) => [id, `${index + 1}`]))
    const renamed = ([id, slot]: PromptLink): PromptLink => [ids.get(id) ?? id, slot]
    const nodes = Object.entries(this.recipe.prompt).map(([id, node]): [string, PromptNode] => [
      ids.get(id) as string,
      withLinks(node, renamed),
    ])
    const inputs = { value: renamed(this.recipe.link), unique_id: uniqueId, tags: '' }
    const port: PromptNode = { class_type: portClass, inputs, _meta: { title: uniqueId } }
    return Object.fromEntries([...nodes, [`${nodes.length + 1}`, port]])
  }

  /**
   * Writes {@link Reference.toPrompt} as a JSON file, which ComfyUI opens and {@link Discomfort.run} takes.
   * @throws {@link DiscomfortError} `EXPORT_EXISTS` where the file exists and `overwrite` is not set.
   */
  async toFile(
    path: string,
    { overwrite = false, uniqueId }: { overwrite?: boolean | undefined; uniqueId?: string | undefined } = {},
  ): Promise<void> {
    await placeFile(path, overwrite, `${stringify(this.toPrompt(uniqueId), null, 2)}\n`)
  }

  /** What it is, for logs: plain JSON. */
  toJSON(): { reference: string; nodes: Reference['nodes'] } {
    return { reference: this.type, nodes: this.nodes }
  }
}

/** The error for a reference where data is wanted. */
export function valueIsReference(key: string, wanted: string, type: string): DiscomfortError<'VALUE_IS_REFERENCE'> {
  return new DiscomfortError(
    'VALUE_IS_REFERENCE',
    `"${key}" is a ${type} by reference: it tells how the value is made, there is no ${wanted}. Pass it on to a workflow that takes it, or run the workflow that makes it with passBy: 'val'.`,
    { details: { key, type } },
  )
}
