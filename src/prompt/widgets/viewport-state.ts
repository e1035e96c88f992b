import type { WorkflowNode } from '../../workflow/document.ts'
import type { Widget } from '../graph.ts'

/** The classes whose 3D view sends its state. */
const viewing: ReadonlySet<string> = new Set([
  'Preview3DAdvanced',
  'PreviewGaussianSplat',
  'PreviewPointCloud',
  'Save3DAdvanced',
  'SaveGaussianSplat',
  'SavePointCloud',
])

/** The camera of a view that has shown nothing yet. */
const freshCamera = {
  position: { x: 10, y: 10, z: 10.000000000000002 },
  target: { x: 0, y: 0, z: 0 },
  zoom: 1,
  cameraType: 'perspective',
  quaternion: { x: -0.2798481423331213, y: 0.3647051996310008, z: 0.11591689595929511, w: 0.8804762392171493 },
  fov: 35,
  near: 0.01,
  far: 10_000,
  frustum: { left: -5, right: 5, top: 5, bottom: -5 },
}

/**
 * Gives 3D views the state that the page sends for them: the camera that the workflow remembers, or that of a new view.
 * Until a model has been shown there is none in the state.
 */
export function withViewport(widgets: readonly Widget[], node: WorkflowNode): readonly Widget[] {
  if (!viewing.has(node.type)) return widgets
  const numberOf = (wanted: string): number => Number(widgets.find(({ name }) => name === wanted)?.value)
  const remembered = (node.properties?.['Camera Config'] as { state?: unknown } | null | undefined)?.state
  const camera_info = remembered ?? { ...freshCamera, aspect: numberOf('width') / numberOf('height') }
  const value = { image: '', mask: '', normal: '', camera_info, recording: '', model_3d_info: [] }
  return widgets.map((widget): Widget => (widget.name === 'viewport_state' ? { ...widget, value } : widget))
}
