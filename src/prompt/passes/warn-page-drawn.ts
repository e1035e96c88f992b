import type { Graph } from '../graph.ts'
import type { ConversionWarning } from '../warning.ts'

/** Values that the page makes from what it shows at that moment: a camera, a microphone, a 3D view. */
const drawnByPage: Readonly<Record<string, readonly string[]>> = {
  Load3D: ['image'],
  Load3DAdvanced: ['viewport_state'],
  Preview3DAdvanced: ['viewport_state'],
  PreviewGaussianSplat: ['viewport_state'],
  PreviewPointCloud: ['viewport_state'],
  Save3DAdvanced: ['viewport_state'],
  SaveGaussianSplat: ['viewport_state'],
  SavePointCloud: ['viewport_state'],
  WebcamCapture: ['image'],
  RecordAudio: ['audio'],
}

/** Warns of values that only a page can make. The prompt has what the workflow holds, which is often nothing. */
export function warnPageDrawn(graph: Graph): readonly ConversionWarning[] {
  const warnings: ConversionWarning[] = []
  for (const { id, title, type, inputs } of graph.nodes.values()) {
    for (const name of drawnByPage[type] ?? []) {
      if (inputs.some((input) => input.name === name && input.source)) continue
      const message = `"${name}" of a ${type} is made by ComfyUI's page. The prompt has the value that the workflow holds.`
      warnings.push({ node: id, title, message })
    }
  }
  return warnings
}
