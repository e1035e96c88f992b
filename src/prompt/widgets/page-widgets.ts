import type { InputSpec } from './input-spec.ts'

/** Widgets that the page adds to a class on its own: `/object_info` does not tell of them, yet their values are saved or sent. */
export function withPageWidgets(type: string, required: readonly InputSpec[]): readonly InputSpec[] {
  const inputs = required.flatMap(withCompanions)
  const extra = extras.get(type) ?? []
  if (type === 'Load3D') return inputs.flatMap((input) => (input.name === 'model_file' ? [input, ...extra] : [input]))
  return [...inputs, ...extra, ...uploads(inputs)]
}

const extras: ReadonlyMap<string, readonly InputSpec[]> = new Map([
  ['SaveGLB', [added('image', '', 'PREVIEW_3D')]],
  ['Preview3D', [added('image', '', 'PREVIEW_3D')]],
  [
    'Load3D',
    [
      button('upload 3d model', 'upload3dmodel'),
      button('upload extra resources', 'uploadExtraResources'),
      button('clear', 'clear'),
    ],
  ],
  ['WebcamCapture', [button('waiting for camera...', 'capture')]],
  ['LoadAudio', [player()]],
  ['SaveAudio', [player()]],
  ['SaveAudioMP3', [player()]],
  ['SaveAudioOpus', [player()]],
  ['SaveAudioAdvanced', [player()]],
  ['PreviewAudio', [player()]],
])

/** Widgets that come with one of a certain kind, right behind it. */
function withCompanions(input: InputSpec): readonly InputSpec[] {
  if (input.kind !== 'widget') return [input]
  if (input.type === 'BOUNDING_BOX') return [input, ...['x', 'y', 'width', 'height'].map((name) => hidden(name))]
  const remote = input.options['remote'] as Readonly<Record<string, unknown>> | undefined
  if (!remote) return [input]
  return [
    input,
    ...(remote['control_after_refresh'] ? [hidden('Auto-refresh after generation')] : []),
    ...(remote['refresh_button'] ? [button('refresh', 'refresh')] : []),
  ]
}

const uploading = ['image_upload', 'animated_image_upload', 'video_upload', 'audio_upload']

/** An upload button behind a list of files takes a place among the saved values but is never sent. */
function uploads(inputs: readonly InputSpec[]): readonly InputSpec[] {
  const list = inputs.find(
    ({ type, options }) => type === 'COMBO' && uploading.some((option) => options[option] === true),
  )
  if (!list) return []
  return [{ ...added('upload', undefined, list.options['audio_upload'] ? 'AUDIOUPLOAD' : 'IMAGEUPLOAD'), local: true }]
}

/** A widget with a socket of its own. */
function added(name: string, value: string | undefined, type: string): InputSpec {
  return { name, type, kind: 'widget', options: { default: value }, choices: undefined }
}

/** A button whose fixed text counts as a value. */
function button(name: string, value: string): InputSpec {
  return { ...added(name, value, 'BUTTON'), socket: false }
}

/** A widget whose value is saved but never sent. */
function hidden(name: string): InputSpec {
  return { ...added(name, undefined, 'ANY'), socket: false, local: true }
}

/** The sound player below an audio file: neither saved nor sent. */
function player(): InputSpec {
  return { ...added('audioUI', undefined, 'AUDIO_UI'), local: true, saved: false }
}
