import { portClass, portSource } from '../ports/port.ts'
import { isPromptLink, type Prompt, type PromptLink, type PromptNode } from '../prompt/prompt.ts'
import { blockedValue, loaderNode, type BoundValue } from './bind-value.ts'

/** What binding changes in a prompt, collected first and applied in one pass. */
export interface PromptEdits {
  /** The values that loaders bring in. */
  readonly loads: ReadonlySet<BoundValue>
  /** Gives an input a constant or a link. */
  setInput(node: string, input: string, value: unknown): void
  /** Brings a value in and gives the link to it: by a loader in the place of a port or as a new node, or by its recipe. */
  bringIn(node: string, value: BoundValue, title: string): PromptLink
  /** Puts a saver in the place of a port, or as a new node. */
  addSaver(node: string, saver: PromptNode): void
  apply(prompt: Prompt): Prompt
}

export function createEdits(): PromptEdits {
  const inputs = new Map<string, Map<string, unknown>>()
  const loaders = new Map<string, PromptNode>()
  const recipes = new Map<string, PromptNode>()
  const savers = new Map<string, PromptNode>()
  const loads = new Set<BoundValue>()

  /** A link as it is once the ports are dissolved: what is behind a chain of them. */
  function resolve(prompt: Prompt, link: PromptLink): PromptLink {
    const node = loaders.has(link[0]) ? undefined : prompt[link[0]]
    const behind = node?.class_type === portClass ? portSource(node) : undefined
    return behind ? resolve(prompt, behind) : link
  }

  function edited(prompt: Prompt, id: string, node: PromptNode): PromptNode {
    const values: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(node.inputs))
      values[name] = isPromptLink(value) ? resolve(prompt, value) : value
    for (const [name, value] of inputs.get(id) ?? []) values[name] = value
    return { ...node, inputs: values }
  }

  return {
    loads,
    setInput(node, input, value) {
      const known = inputs.get(node)
      if (known) known.set(input, value)
      else inputs.set(node, new Map([[input, value]]))
    },
    bringIn(node, value, title) {
      if (value.recipe) {
        for (const [id, made] of Object.entries(value.recipe.prompt)) recipes.set(id, made)
        for (const read of value.recipe.reads) loads.add(read)
        return value.recipe.link
      }
      if (!loaders.has(node)) loaders.set(node, loaderNode(value, title))
      if (value !== blockedValue) loads.add(value)
      return [node, 0]
    },
    addSaver(node, saver) {
      savers.set(node, saver)
    },
    apply(prompt) {
      const done = Object.create(null) as Record<string, PromptNode>
      for (const [id, node] of Object.entries(prompt))
        if (node.class_type !== portClass) done[id] = edited(prompt, id, node)
      for (const [id, made] of recipes) done[id] = made
      for (const [id, loader] of loaders) done[id] = loader
      for (const [id, saver] of savers) done[id] = edited(prompt, id, saver)
      return done
    },
  }
}
