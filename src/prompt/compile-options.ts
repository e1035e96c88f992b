/** How a workflow is converted. */
export interface CompileOptions {
  /** Node types that the server lacks: refuse (`error`, the default) or write them as they are (`keep`). */
  missingNodes?: 'error' | 'keep' | undefined
  /** Where the workflow came from, for error messages. */
  source?: string | undefined
  /**
   * Choices in prompts (`{red|blue}`), of which the page picks one by chance when it sends them: stay as they are
   * (`keep`, the default), or are picked with `random` (`resolve`). Comments go in both cases, as in the page.
   */
  dynamicPrompts?: 'resolve' | 'keep' | undefined
  /**
   * Seeds, and other widgets with a "control after generate": stay as they are (`keep`, the default); move as that
   * control says (`advance`), as they do in the page when a workflow is queued again and again; or draw a new value each
   * time, whatever the control says (`randomize`: numbers only). Values that another node makes do not move.
   */
  seeds?: 'keep' | 'advance' | 'randomize' | undefined
  /** For `advance`: how many runs went before this one. Default 1: the prompt of the second run. */
  queued?: number | undefined
  /** Picks among choices and draws seeds; gives a number from 0 to below 1. Default `Math.random`. */
  random?: (() => number) | undefined
  /**
   * The version of ComfyUI's frontend that is followed where versions differ: in the titles of some classes, in primitives, and in
   * what they make of links and values when they open a file that another version saved. Default: that of ComfyUI 0.30, `'1.47.12'`.
   */
  frontend?: string | undefined
  /** The time that `%date:…%` in file names means. Default: the time of the call. */
  now?: Date | undefined
}
