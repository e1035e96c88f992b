import type { InputSpec } from './input-spec.ts'

/** Widgets that the page adds to a class on its own: `/object_info` does not tell of them, yet their values are saved and sent. */
export function withPageWidgets(type: string, required: readonly InputSpec[]): readonly InputSpec[] {
  if (type === 'SaveGLB' || type === 'Preview3D' || type === 'Preview3DAnimation')
    return [...required, text('image', '')]
  if (type.startsWith('Load3D')) return withModelButtons(required)
  if (audioPlayers.has(type)) return [...required, { ...text('audioUI', undefined), local: true }, ...uploads(required)]
  return [...required, ...uploads(required)]
}

const audioPlayers: ReadonlySet<string> = new Set([
  'LoadAudio',
  'SaveAudio',
  'PreviewAudio',
  'SaveAudioMP3',
  'SaveAudioOpus',
  'SaveAudioAdvanced',
])

/** The buttons below a 3D model's file name count as values. */
function withModelButtons(required: readonly InputSpec[]): readonly InputSpec[] {
  const buttons = [
    text('upload 3d model', 'upload3dmodel'),
    text('upload extra resources', 'uploadExtraResources'),
    text('clear', 'clear'),
  ]
  return required.flatMap((input) => (input.name === 'model_file' ? [input, ...buttons] : [input]))
}

/** An upload button takes a place among the saved values but is never sent. */
function uploads(required: readonly InputSpec[]): readonly InputSpec[] {
  const asking = ['image_upload', 'animated_image_upload', 'video_upload', 'audio_upload']
  const wanted = required.some((input) => asking.some((option) => input.options[option] === true))
  return wanted ? [{ ...text('upload', undefined), local: true }] : []
}

function text(name: string, value: string | undefined): InputSpec {
  return { name, type: 'STRING', kind: 'widget', options: { default: value, socketless: true }, choices: undefined }
}
