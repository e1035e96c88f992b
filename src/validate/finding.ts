/**
 * What a finding is about. The set is closed; docs/guide.md ("Validation") says what each means. A code that ends in
 * an error here is what the server refuses, or what makes it hang; the others it takes without a word.
 */
export type FindingCode =
  | 'NODE_TYPE_MISSING'
  | 'MODEL_MISSING'
  | 'INPUT_MISSING'
  | 'LINK_DANGLING'
  | 'LINK_MALFORMED'
  | 'TYPE_MISMATCH'
  | 'VALUE_UNREADABLE'
  | 'VALUE_BELOW_MIN'
  | 'VALUE_ABOVE_MAX'
  | 'VALUE_NOT_IN_LIST'
  | 'VALUE_COERCED'
  | 'VALUE_FOR_SOCKET'
  | 'CHOICE_UNKNOWN'
  | 'CYCLE'
  | 'NO_OUTPUTS'
  | 'TOO_DEEP'
  | 'DECIDED_BY_NODE'
  | 'NODE_UNREACHED'
  | 'CLASS_REPLACED'
  | 'CONVERSION'

/** One thing that `validateWorkflow` found. */
export interface Finding {
  /** An error is refused by the server (or hangs it); a warning is something that it takes. */
  readonly severity: 'error' | 'warning'
  readonly code: FindingCode
  /** The id of the node in the prompt, `outer:inner` inside subgraphs; '' where the whole workflow is meant. */
  readonly node: string
  readonly title: string
  readonly classType: string
  readonly input?: string
  /** What the workflow was read from, as given in the options. */
  readonly file?: string
  /** Where in the JSON of the workflow, in the form `nodes[3].widgets_values[0]`, as far as that can be told. */
  readonly path?: string
  /** A sentence that names the thing, and what to do next. */
  readonly message: string
  /** The choices or names that come nearest to what was found. */
  readonly nearest?: readonly unknown[]
  /** The pack that brings a missing node type, where the workflow names it. */
  readonly pack?: string
  /** A missing model file, with the source that the workflow names. */
  readonly model?: MissingModel
}

/** A model file that the server does not list. */
export interface MissingModel {
  readonly name: string
  /** Where the workflow says that it comes from. */
  readonly url?: string
  /** The folder below `models`. */
  readonly directory?: string
}

/** A finding before its file and place are known. */
export type Draft = Omit<Finding, 'file' | 'path'>
