import type { ContextStore } from '../context/context-store.ts'
import type { StoredValue } from '../context/stored-value.ts'
import { findInput, inputAddresses, unknownAddress, type AddressedInput } from '../ports/address.ts'
import { isTemplate } from '../ports/socket-type.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { LoadedWorkflow } from './loaded-workflow.ts'

/** The values of a call's `inputs`, encoded by the types of what they are for. */
export interface ResolvedInputs {
  /** For ports, by unique_id. */
  readonly ports: ReadonlyMap<string, StoredValue>
  /** By address; {@link placeOf} says where that is. */
  readonly addresses: ReadonlyMap<string, StoredValue>
}

/**
 * Finds what each given input is for and encodes it for that type. An exact unique_id wins over an address.
 * @throws {@link DiscomfortError} `ADDRESS_NOT_FOUND` for a name that nothing has, `ADDRESS_AMBIGUOUS`, `VALUE_TYPE`, `INT_UNSAFE`
 */
export async function resolveInputs(
  inputs: Readonly<Record<string, unknown>>,
  workflows: readonly LoadedWorkflow[],
  definitions: NodeDefinitions,
  { store, useRam }: { readonly store: ContextStore; readonly useRam: boolean },
): Promise<ResolvedInputs> {
  const ports = new Map<string, StoredValue>()
  const addresses = new Map<string, StoredValue>()
  const types = portTypes(workflows)
  for (const [name, given] of Object.entries(inputs)) {
    const type = types.get(name)
    if (type !== undefined) {
      ports.set(name, await store.prepare(given, type, name, useRam))
      continue
    }
    const first = firstPlace(name, workflows, definitions)
    if (!first)
      throw unknownAddress(
        name,
        [...types.keys(), ...workflows.flatMap(({ compiled }) => inputAddresses(compiled))],
        'input',
        namesOf(workflows),
      )
    addresses.set(name, await store.prepare(given, first.type, name, useRam))
  }
  return { ports, addresses }
}

/**
 * The type that a name given as input goes to, `*` for anything; undefined where nothing has that name.
 * @throws {@link DiscomfortError} `ADDRESS_AMBIGUOUS`
 */
export function typeOfInput(
  name: string,
  workflows: readonly LoadedWorkflow[],
  definitions: NodeDefinitions,
): string | undefined {
  return portTypes(workflows).get(name) ?? firstPlace(name, workflows, definitions)?.type
}

/** The type of each id that can be given; where several ports have it, the first that tells one. */
function portTypes(workflows: readonly LoadedWorkflow[]): Map<string, string> {
  const types = new Map<string, string>()
  for (const { ports } of workflows) {
    for (const { uniqueId, type } of [...ports.inputs, ...ports.passthrus]) {
      const known = types.get(uniqueId)
      if (known === undefined || isTemplate(known)) types.set(uniqueId, isTemplate(type) ? '*' : type)
    }
  }
  return types
}

/**
 * The input of a workflow that an address names, if it has one.
 * @throws {@link DiscomfortError} `ADDRESS_AMBIGUOUS`
 */
export function placeOf(
  address: string,
  { compiled }: LoadedWorkflow,
  definitions: NodeDefinitions,
): AddressedInput | undefined {
  const at = findInput(address, compiled, definitions)
  return at && isTemplate(at.type) ? { ...at, type: '*' } : at
}

function firstPlace(
  address: string,
  workflows: readonly LoadedWorkflow[],
  definitions: NodeDefinitions,
): AddressedInput | undefined {
  return workflows.flatMap((loaded) => placeOf(address, loaded, definitions) ?? [])[0]
}

/** The names of workflows in a sentence. */
export function namesOf(workflows: readonly LoadedWorkflow[]): string {
  return workflows.map(({ name }) => name).join(', ')
}
