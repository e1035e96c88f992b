import { findOutput, unknownAddress, type AddressedOutput } from '../ports/address.ts'
import { neededInputs } from '../ports/needed-inputs.ts'
import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import { titleOf } from '../prompt/title-of.ts'
import type { LoadedWorkflow } from './loaded-workflow.ts'
import { namesOf, type ResolvedInputs } from './resolve-inputs.ts'
import { unboundPorts } from './make-plan.ts'

/**
 * Checks all workflows of a run before the first is sent: every INPUT port that something needs has a value in the context, among the inputs,
 * from an earlier workflow of the list, or drawn.
 * @throws {@link DiscomfortError} `PORT_UNBOUND`
 */
export function checkBound(
  workflows: readonly LoadedWorkflow[],
  isKnown: (key: string) => boolean,
  inputs: ResolvedInputs,
): void {
  const made = new Set<string>()
  for (const { name, ports } of workflows) {
    const unbound = neededInputs(ports, (uniqueId) => inputs.ports.has(uniqueId)).filter(
      ({ uniqueId, targets }) =>
        !inputs.ports.has(uniqueId) &&
        !made.has(uniqueId) &&
        !isKnown(uniqueId) &&
        !targets.every(({ drawn }) => drawn),
    )
    if (unbound.length > 0) throw unboundPorts(unbound, name)
    for (const { uniqueId } of ports.outputs) made.add(uniqueId)
  }
}

/**
 * Finds the outputs that are asked for by address: of each, the last workflow that has it.
 * @throws {@link DiscomfortError} `ADDRESS_NOT_FOUND`, `ADDRESS_AMBIGUOUS`
 */
export function findAddressedOutputs(
  names: readonly string[],
  workflows: readonly LoadedWorkflow[],
  definitions: NodeDefinitions,
): Map<LoadedWorkflow, Map<string, AddressedOutput>> {
  const found = new Map<LoadedWorkflow, Map<string, AddressedOutput>>()
  const ports = new Set(workflows.flatMap((loaded) => loaded.ports.outputs.map(({ uniqueId }) => uniqueId)))
  for (const name of names) {
    if (ports.has(name)) continue
    const place = workflows.toReversed().flatMap((loaded) => {
      const at = findOutput(name, loaded.compiled.prompt, definitions)
      return at ? [{ loaded, at }] : []
    })[0]
    if (!place) throw unknownAddress(name, [...ports, ...workflows.flatMap(titles)], 'output', namesOf(workflows))
    const known = found.get(place.loaded) ?? new Map<string, AddressedOutput>()
    found.set(place.loaded, known.set(name, place.at))
  }
  return found
}

function titles({ compiled }: LoadedWorkflow): string[] {
  return Object.values(compiled.prompt).map(titleOf)
}
