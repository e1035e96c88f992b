import type { Edit } from './editor.ts'

/** Edits of single nodes. */
export const nodeEdits = {
  mute: (graph, { pick }) => {
    const node = pick(graph.nodes)
    node.mode = 2
    return `mute ${node.id} ${node.type}`
  },

  bypass: (graph, { pick }) => {
    const node = pick(graph.nodes)
    node.mode = 4
    return `bypass ${node.id} ${node.type}`
  },

  bypassSeveral: (graph, { pick }) => {
    const nodes = Array.from({ length: 4 }, () => pick(graph.nodes))
    for (const node of nodes) node.mode = 4
    return `bypass ${nodes.map(({ id }) => id).join(', ')}`
  },

  activate: (graph, { pick }) => {
    const quiet = graph.nodes.filter(({ mode }) => mode === 2 || mode === 4)
    if (quiet.length === 0) return undefined
    const node = pick(quiet)
    node.mode = 0
    return `activate ${node.id} ${node.type}`
  },

  retitle: (graph, { pick, random }) => {
    const node = pick(graph.nodes)
    node.title = random() < 0.2 ? '' : `Title ${Math.floor(random() * 100)}`
    return `title ${node.id} "${node.title}"`
  },

  remove: (graph, { pick }) => {
    const node = pick(graph.nodes)
    graph.remove(node)
    return `remove ${node.id} ${node.type}`
  },

  duplicate: (graph, { pick, random, copyAndPaste }) => {
    const nodes = [...new Set(Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(graph.nodes)))]
    copyAndPaste(graph, nodes)
    return `copy ${nodes.map(({ id }) => id).join(', ')}`
  },

  changeWidget: (graph, { pick, random }) => {
    const node = pick(graph.nodes)
    const widgets = (node.widgets ?? []).filter(({ name, type }) => name !== '' && type !== 'button')
    if (widgets.length === 0) return undefined
    const widget = pick(widgets)
    const before = widget.value
    const choices = widget.options?.values
    const texts = [
      'hello',
      '',
      '{red|blue} // x',
      'a /* b */ c',
      '100% %KSampler.seed% %x',
      'two\nlines',
      '%date:yyyy%',
    ]
    let value: unknown
    if (typeof before === 'number') value = random() < 0.5 ? Math.floor(random() * 100) : random()
    else if (typeof before === 'boolean') value = !before
    else if (Array.isArray(choices) && choices.length > 0) value = pick(choices as unknown[])
    else if (typeof before === 'string') value = pick(texts)
    else return undefined
    widget.value = value
    widget.callback?.(value, undefined, node)
    return `set ${node.id} ${node.type}.${widget.name} = ${JSON.stringify(value)}`
  },
} as const satisfies Readonly<Record<string, Edit>>
