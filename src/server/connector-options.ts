import type { CustomNodes } from './launch/launch-arguments.ts'
import type { ReachOptions } from './reach/reach-options.ts'

/** How a {@link ComfyConnector} gets its server. */
export interface ConnectorOptions extends ReachOptions {
  /**
   * The address of a running ComfyUI to attach to: `http://127.0.0.1:8188`, `https://user:password@host/path`. Default:
   * `DISCOMFORT_SERVER`; where neither is given, one is started.
   */
  readonly server?: string | undefined
  /** The folder of the ComfyUI to start. Default: `DISCOMFORT_COMFYUI`, a known place, the managed one. */
  readonly comfyui?: string | undefined
  /** The Python that runs it. Default: `DISCOMFORT_PYTHON`, the virtual environment beside it. */
  readonly python?: string | undefined
  /** More arguments for ComfyUI itself, e.g. `['--lowvram']`. */
  readonly args?: readonly string[] | undefined
  /** Which of the installed custom nodes are loaded. Default: `'all'`. */
  readonly customNodes?: CustomNodes | undefined
  /** The port of the started server. Default: a free one. */
  readonly port?: number | undefined
  /** The folder that saved files go to. Default: ComfyUI's own output folder. */
  readonly output?: string | undefined
  /** Environment variables of the started server, over those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /**
   * How many loaded models the started server keeps from run to run, so that a run that needs none does not cost the next
   * one a reload; 0 keeps none. Default: 8. Builds of ComfyUI without cache providers keep all outputs while memory lasts.
   */
  readonly keepModels?: number | undefined
  /** How long a start may take, in milliseconds. Default: 300,000, since custom nodes may take minutes to load. */
  readonly startTimeout?: number | undefined
  /** A server of its own, although one of `discomfort up` has the same configuration. Default: false. */
  readonly exclusive?: boolean | undefined
  /** Gives the start up when it fires. */
  readonly signal?: AbortSignal | undefined
  /** Called whenever the server's state changes, also while it starts. */
  readonly onState?: ((state: ConnectorState) => void) | undefined
}

/**
 * What a connector is doing: `busy` while jobs of ours run, `restarting` while a server of ours that ended is started
 * again, `failed` where that was given up.
 */
export type ConnectorState = 'starting' | 'ready' | 'busy' | 'restarting' | 'stopped' | 'failed'
