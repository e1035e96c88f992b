import type { DefinitionIndex } from '../definition-index.ts'
import type { Graph, GraphNode } from '../graph.ts'
import type { ConversionWarning } from '../warning.ts'

/** Values that the page makes from what it shows at that moment: a camera, a microphone, a 3D view. */
const drawnByPage: Readonly<Record<string, string>> = {
  Load3D: 'image',
  Load3DAdvanced: 'viewport_state',
  Preview3DAdvanced: 'viewport_state',
  PreviewGaussianSplat: 'viewport_state',
  PreviewPointCloud: 'viewport_state',
  Save3DAdvanced: 'viewport_state',
  SaveGaussianSplat: 'viewport_state',
  SavePointCloud: 'viewport_state',
  WebcamCapture: 'image',
  RecordAudio: 'audio',
}

const wayOut =
  "To have it, ask the page: getPromptFromWorkflow(workflow, { via: 'frontend' }) of the connector, or `discomfort convert --via frontend`."

/** Warns of what only the code of a page can do: the prompt then has less than the page would send. */
export function warnPageMade(graph: Graph, index: DefinitionIndex): readonly ConversionWarning[] {
  return [...graph.nodes.values()].flatMap((node) => {
    const message = drawnValue(node) ?? broadcast(node) ?? unnamedValues(node, index)
    return message === undefined ? [] : [{ node: node.id, title: node.title, message: `${message} ${wayOut}` }]
  })
}

function drawnValue({ type, inputs }: GraphNode): string | undefined {
  const name = Object.hasOwn(drawnByPage, type) ? drawnByPage[type] : undefined
  if (name === undefined || inputs.some((input) => input.name === name && input.source)) return undefined
  return `"${name}" of a ${type} is made by ComfyUI's page. The prompt has what the workflow remembers of it.`
}

function broadcast({ type }: GraphNode): string | undefined {
  if (!/\bEverywhere\b/.test(type)) return undefined
  return `A ${type} feeds other nodes without links, by code that runs in the page only. Draw the links instead.`
}

/** Packs may add widgets in the page. Their values are saved, but nothing says what they are called. */
function unnamedValues({ type, role, drawn, widgets }: GraphNode, index: DefinitionIndex): string | undefined {
  if (role !== 'server' || !Array.isArray(drawn.widgets_values)) return undefined
  if (!index(type)?.definition.python_module?.startsWith('custom_nodes.')) return undefined
  const named = widgets.filter(({ spec }) => spec?.saved !== false).length
  const rest = (drawn.widgets_values as readonly unknown[]).slice(named).filter((value) => value !== null)
  if (rest.length === 0) return undefined
  return `The workflow holds ${rest.length} more values for a ${type} than its definition has inputs. Its pack may add inputs in the page; they are not in the prompt.`
}
