import { type ComfyObject, isComfyObject } from './comfy-object.ts'
import { isTypedValue, typedValue } from './typed-value.ts'
import { describe, wrongType } from './wrong-type.ts'

/** The types whose values are objects, and the classes that these are of. */
const CLASSES = {
  CLIP_VISION_OUTPUT: ['ClipVisionOutput'],
  VIDEO: ['VideoFromFile', 'VideoFromComponents'],
  MESH: ['MESH'],
  VOXEL: ['VOXEL'],
  SPLAT: ['SPLAT'],
  FILE_3D: ['File3D'],
  SVG: ['SVG'],
} as const

/** A type whose values are objects. */
export type ObjectKind = keyof typeof CLASSES

/** Whether the values of a type are objects of known classes. */
export function isObjectKind(type: string): type is ObjectKind {
  return Object.hasOwn(CLASSES, type)
}

/** Whether a value is an object of a class that a type has. */
export function isObjectOf(value: unknown, type: ObjectKind): value is ComfyObject {
  return isComfyObject(value, ...CLASSES[type])
}

/** The object that a value for a VIDEO stands for. */
export function videoObject(value: unknown, key: string | undefined): ComfyObject {
  const object = isTypedValue(value) ? value[typedValue].value : value
  if (isObjectOf(object, 'VIDEO')) return object
  throw wrongType('VIDEO', describe(value), { key, reason: 'Open its file with Video.open(path).' })
}
