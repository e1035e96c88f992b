import { loadTensors } from './load-tensors.ts'
import { typedValue } from './typed-value.ts'

const mark: unique symbol = Symbol.for('discomfort.comfyObject') as never

/**
 * An object of one of ComfyUI's own classes that is data: the name of its class and its fields, which are values like
 * any other. The pack takes such objects apart and makes them again (docs/values.md lists the classes and their
 * fields); one that came out of a context goes back unchanged.
 *
 * @example
 * const mesh = await context.load('mesh', 'MESH')
 * console.log(mesh.name, (mesh.fields.vertices as Tensor).shape)
 */
export class ComfyObject {
  /** The name of the class, of those in docs/values.md. */
  readonly name: string
  /** Its fields by name: tensors, numbers, texts, lists, other objects. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The ComfyUI type that it is stored as; `*` fits every port. */
  readonly type: string
  /** @internal */
  readonly [mark] = true

  private constructor(name: string, fields: Readonly<Record<string, unknown>>, type: string) {
    this.name = name
    this.fields = fields
    this.type = type
  }

  /**
   * An object of a class and its fields. Nothing is checked here: a name or fields that the pack does not know are
   * `VALUE_CORRUPT` where a run reads them.
   *
   * @example
   * const vertices = Tensor.from(new Float32Array(9), [1, 3, 3])
   * const faces = Tensor.from(new BigInt64Array([0n, 1n, 2n]), [1, 1, 3])
   * await context.save('mesh', ComfyObject.from('MESH', { vertices, faces }, 'MESH'))
   */
  static from(name: string, fields: Readonly<Record<string, unknown>>, type = '*'): ComfyObject {
    return new ComfyObject(name, fields, type)
  }

  /** Keeps every tensor in its fields in memory, so that it outlives its key and its context. */
  async load(): Promise<this> {
    await loadTensors(this.fields)
    return this
  }

  get [typedValue](): { type: string; value: ComfyObject } {
    return { type: this.type, value: this }
  }
}

/** Whether `value` is a {@link ComfyObject} (of any copy of this package), of one of the classes if some are named. */
export function isComfyObject(value: unknown, ...names: readonly string[]): value is ComfyObject {
  if (typeof value !== 'object' || value === null || !(mark in value)) return false
  return names.length === 0 || names.includes((value as ComfyObject).name)
}
