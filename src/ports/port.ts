import { isPromptLink, type PromptLink, type PromptNode } from '../prompt/prompt.ts'

export { portClass } from '../prompt/pack-definitions.ts'

/** The socket that brings a value into a port, by its names in this pack and in the original Discomfort. */
const valueSockets = ['value', 'input_data']

/** What is linked into a port, if anything is. */
export function portSource(node: PromptNode): PromptLink | undefined {
  for (const socket of valueSockets) {
    const value = node.inputs[socket]
    if (isPromptLink(value)) return value
  }
  return undefined
}

/** Whether an input of a port is the one that brings its value. */
export function isValueSocket(input: string): boolean {
  return valueSockets.includes(input)
}

/** What every port tells: where it is and how it is called. */
interface Port {
  /** The id of its node in the prompt, `outer:inner` inside subgraphs. */
  readonly node: string
  readonly title: string
  readonly uniqueId: string
  readonly tags: readonly string[]
  /** The ComfyUI type that its other ends agree on, `*` where none of them says. */
  readonly type: string
}

/** A port that takes a value from the script: nothing comes in. */
export interface InputPort extends Port {
  readonly targets: readonly PortTarget[]
}

/** A port that gives a value to the script: nothing goes out. */
export interface OutputPort extends Port {
  readonly source: PromptLink
  /** Whether the definition of its source says that it is a ComfyUI list. */
  readonly isList: boolean
}

/** A port in the middle of a link: a value given for it replaces what comes in. */
export interface PassthruPort extends Port {
  readonly targets: readonly PortTarget[]
}

/** An input that a port feeds. */
export interface PortTarget {
  readonly node: string
  readonly input: string
  readonly type: string
  /** The value that its own widget holds in the workflow, as `{ value }`; undefined where there is none. */
  readonly drawn: { readonly value: unknown } | undefined
}

/** The ports of one prompt. */
export interface PromptPorts {
  readonly inputs: readonly InputPort[]
  readonly outputs: readonly OutputPort[]
  /** Those that feed others of them come first. */
  readonly passthrus: readonly PassthruPort[]
}
