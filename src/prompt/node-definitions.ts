/** The answer of `/object_info`: class name → definition. Only what the project reads is described. */
export type NodeDefinitions = Readonly<Record<string, NodeDefinition>>

/** One node class as the server describes it. */
export interface NodeDefinition {
  readonly name: string
  readonly display_name?: string | null | undefined
  readonly input?:
    | {
        readonly required?: InputGroup | undefined
        readonly optional?: InputGroup | undefined
        readonly hidden?: unknown
      }
    | undefined
  readonly input_order?: { readonly required?: readonly string[]; readonly optional?: readonly string[] } | undefined
  readonly output?: readonly unknown[] | undefined
  readonly output_is_list?: readonly boolean[] | undefined
  readonly output_name?: readonly string[] | undefined
  readonly output_node?: boolean | undefined
  readonly python_module?: string | undefined
  readonly [key: string]: unknown
}

/** Inputs by name: `[type or list of choices, options?]`. */
export type InputGroup = Readonly<
  Record<string, readonly [unknown, Readonly<Record<string, unknown>>?] | readonly unknown[]>
>
