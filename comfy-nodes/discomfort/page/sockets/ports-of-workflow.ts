import { discoverPorts, type DiscoveredPort } from '../../../../src/stitch/discover-ports.ts'
import { nodeDefinitions } from '../comfy/definitions.ts'
import { readInnerWorkflow } from './read-inner-workflow.ts'
import { mostSockets, type SocketPort, type SocketPorts } from './socket-ports.ts'

/** The ports of the workflow in a file, in the order in which the server describes them. */
export async function portsOfWorkflow(path: string): Promise<SocketPorts> {
  const { inputs, outputs } = discoverPorts(await readInnerWorkflow(path), nodeDefinitions())
  return { inputs: eachOnce(inputs), outputs: eachOnce(outputs) }
}

function eachOnce(ports: readonly DiscoveredPort[]): SocketPort[] {
  const types = new Map<string, string>()
  for (const { uniqueId, type } of ports) {
    const before = types.get(uniqueId)
    if (before === undefined || before === '*') types.set(uniqueId, type)
  }
  return [...types].slice(0, mostSockets)
}
