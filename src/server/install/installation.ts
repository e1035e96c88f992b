/** A ComfyUI on this machine that can be started. */
export interface Installation {
  /** `managed`: made by `discomfort install`. `user`: somebody's own. */
  readonly kind: 'managed' | 'user'
  /** The folder that holds main.py. */
  readonly folder: string
  /** The Python that runs it. */
  readonly python: string
  /** The folder of models, input, output and custom nodes, where it is not the one of main.py. */
  readonly base?: string | undefined
}
