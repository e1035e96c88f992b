import { basename } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import type { DescribedWorkflow } from './read-described.ts'

/**
 * A node keeps the ports that its workflow had when it was chosen. Those that are gone are told, for what comes in by
 * them would be lost without a word.
 * @throws {@link DiscomfortError} `ADDRESS_NOT_FOUND`
 */
export function checkPorts(
  path: string,
  { inputs, outputs }: DescribedWorkflow,
  wanted: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): void {
  refuseUnknown('INPUT', path, wanted.inputs, inputs)
  refuseUnknown('OUTPUT', path, wanted.outputs, outputs)
}

function refuseUnknown(
  mode: string,
  path: string,
  wanted: readonly string[],
  ports: DescribedWorkflow['inputs'],
): void {
  const candidates = ports.map(([id]) => id)
  const address = wanted.find((id) => !candidates.includes(id))
  if (address === undefined) return
  const has = candidates.length > 0 ? `It has ${candidates.join(', ')}.` : 'It has none.'
  throw new DiscomfortError(
    'ADDRESS_NOT_FOUND',
    `${basename(path)} has no ${mode} port "${address}". ${has} Choose the workflow again to refresh the sockets of the node.`,
    { details: { address, candidates } },
  )
}
