import { liteGraph } from '../comfy/lite-graph.ts'
import { renewed } from '../comfy/renewed.ts'
import type { Input, Output, PageNode } from '../comfy/types.ts'
import { mostSockets, type SocketPort, type SocketPorts } from './socket-ports.ts'

const inputName = /^input_(\d+)$/
const outputName = /^output_(\d+)$/

/**
 * Gives a node the sockets for `after`: the first ones of those that the server declares, so that their numbers stay true.
 * Links stay with the ids of ports. Gives the ids whose links had to go.
 */
export function fitSockets(node: PageNode, before: SocketPorts, after: SocketPorts): string[] {
  const height = node.computeSize()[1]
  const lost = [...fitInputs(node, before.inputs, after.inputs), ...fitOutputs(node, before.outputs, after.outputs)]
  const now = node.computeSize()
  // What people made it larger by stays.
  node.setSize([Math.max(node.size[0], now[0]), Math.max(node.size[1] + now[1] - height, now[1])])
  return lost
}

/** Whether a node has these sockets already. */
export function hasSockets(node: PageNode, { inputs, outputs }: SocketPorts): boolean {
  const same = (sockets: readonly (Input | Output)[], ports: readonly SocketPort[]) =>
    sockets.length === ports.length &&
    sockets.every(({ label, type }, place) => label === ports[place]?.[0] && type === ports[place]?.[1])
  return same(portInputs(node), inputs) && same(portOutputs(node), outputs)
}

/** The ports that the sockets of a node stand for, as far as their labels tell. */
export function portsByLabels(node: PageNode): SocketPorts {
  const portOf = ({ label, type }: Input | Output): SocketPort => [label ?? '', String(type)]
  return { inputs: portInputs(node).map(portOf), outputs: portOutputs(node).map(portOf) }
}

/** Whether anything is linked to the sockets of ports. */
export function hasPortLinks(node: PageNode): boolean {
  return portInputs(node).some(isLinked) || portOutputs(node).some(({ links }) => links?.length)
}

function fitInputs(node: PageNode, before: readonly SocketPort[], after: readonly SocketPort[]): string[] {
  const lost: string[] = []
  const kept = new Map<string, Input>()
  for (const input of portInputs(node)) {
    const id = before[numberOf(input, inputName)]?.[0]
    const type = id === undefined ? undefined : after.find((port) => port[0] === id)?.[1]
    if (id !== undefined && type !== undefined) {
      kept.set(id, input)
      if (!isLinked(input) || fits(originType(node, input), type)) continue
      lost.push(id)
      node.disconnectInput(node.inputs.indexOf(input), true)
      continue
    }
    if (isLinked(input)) lost.push(id ?? input.name)
    node.removeInput(node.inputs.indexOf(input))
  }
  const others = node.inputs.filter((input) => !inputName.test(input.name))
  const sockets = after.slice(0, mostSockets).map(([id, type], place) => {
    const socket = kept.get(id) ?? node.addInput(`input_${place}`, type)
    return renewed(Object.assign(socket, { name: `input_${place}`, type, label: id }), node)
  })
  node.inputs = [...others, ...sockets]
  for (const [place, { link }] of node.inputs.entries()) {
    const held = node.graph?.getLink(link)
    if (held) held.target_slot = place
  }
  return lost
}

function fitOutputs(node: PageNode, before: readonly SocketPort[], after: readonly SocketPort[]): string[] {
  const lost: string[] = []
  const kept = new Map<string, Output>()
  for (const output of portOutputs(node)) {
    const id = before[numberOf(output, outputName)]?.[0]
    const type = id === undefined ? undefined : after.find((port) => port[0] === id)?.[1]
    if (id !== undefined && type !== undefined) {
      kept.set(id, output)
      if (dropUnfit(node, output, type)) lost.push(id)
      continue
    }
    if (output.links?.length) lost.push(id ?? output.name)
    node.removeOutput(node.outputs.indexOf(output))
  }
  const sockets = after.slice(0, mostSockets).map(([id, type], place) => {
    const socket = kept.get(id) ?? node.addOutput(`output_${place}`, type)
    return renewed(Object.assign(socket, { name: `output_${place}`, type, label: id }), node)
  })
  node.outputs = sockets
  for (const [place, { links }] of sockets.entries()) {
    for (const link of links ?? []) {
      const held = node.graph?.getLink(link)
      if (held) held.origin_slot = place
    }
  }
  return lost
}

/** Takes the links of an output away that cannot carry its new type. */
function dropUnfit(node: PageNode, output: Output, type: string): boolean {
  const links = (output.links ?? []).map((id) => node.graph?.getLink(id)).filter((link) => link !== undefined)
  const unfit = links.filter((link) => {
    const target = node.graph?.getNodeById(link.target_id)?.inputs[link.target_slot]
    return target !== undefined && !fits(type, target.type)
  })
  for (const link of unfit) node.graph?.removeLink(link.id)
  return unfit.length > 0
}

function originType(node: PageNode, { link }: Input): unknown {
  const held = node.graph?.getLink(link)
  return held && (node.graph?.getNodeById(held.origin_id)?.outputs[held.origin_slot]?.type ?? held.type)
}

function fits(from: unknown, to: unknown): boolean {
  return from === undefined || liteGraph.isValidConnection(from, to)
}

function isLinked({ link }: Input): boolean {
  return link !== null && link !== undefined
}

function portInputs(node: PageNode): Input[] {
  return node.inputs.filter(({ name }) => inputName.test(name)).sort(byNumber(inputName))
}

function portOutputs(node: PageNode): Output[] {
  return node.outputs.filter(({ name }) => outputName.test(name)).sort(byNumber(outputName))
}

function byNumber(name: RegExp) {
  return (one: Input | Output, other: Input | Output) => numberOf(one, name) - numberOf(other, name)
}

function numberOf(socket: Input | Output, name: RegExp): number {
  return Number(name.exec(socket.name)?.[1])
}
