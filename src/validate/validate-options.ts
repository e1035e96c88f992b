import type { ClassReplacements } from './replaced-classes.ts'

/** What is known besides the node definitions. */
export interface ValidateOptions {
  /** Where the workflow came from: the `file` of each finding. */
  source?: string | undefined
  /**
   * Classes that check some of their inputs themselves, with the names of these (`*`: all): `classes` in the answer of
   * the pack's `GET /discomfort/validators`. Default: the classes of ComfyUI 0.30.0 that do.
   */
  ownValidators?: OwnValidators | undefined
  /** What the server puts in the place of retired classes: the answer of `/node_replacements`. Default: that of ComfyUI 0.30.0. */
  replacements?: ClassReplacements | undefined
}

/** Class → the inputs that it checks itself. `*` stands for all, `input_types` for the types of all its links. */
export type OwnValidators = Readonly<Record<string, readonly string[]>>
