import type sharp from 'sharp'

let loading: Promise<typeof sharp> | undefined

/** The image library, loaded when the first picture is read or written: it costs some 60 ms and native code. */
export function loadSharp(): Promise<typeof sharp> {
  loading ??= import('sharp').then((module) => module.default)
  return loading
}
