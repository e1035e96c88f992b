import { app } from '/scripts/app.js'
import { portClass } from '../../../../src/ports/port.ts'
import { liteGraph } from '../comfy/lite-graph.ts'
import { tell } from '../comfy/tell.ts'
import type { Graph, PageNode } from '../comfy/types.ts'
import { findWidget } from '../comfy/widgets.ts'
import { freeId } from './free-id.ts'

type Point = readonly [x: number, y: number]

/** From the top of a port's body to the middle of its first sockets. */
const socketDepth = 14
const titleHeight = 30
// Badges stand over a node.
const gap = 32

/** Where a port shall be: its sockets on a level with a point, left of it, right of it or around it. */
export interface Spot {
  readonly at: Point
  readonly side: 'left' | 'right' | 'middle'
}

/** Puts a new port into a graph, beside other nodes and not over them, and chooses it. */
export function placePort(graph: Graph, name: string, { at: [x, y], side }: Spot): PageNode | undefined {
  const port = liteGraph.createNode(portClass)
  if (!port) {
    tell('error', 'Discomfort', 'ComfyUI does not know the Discomfort port. Reload the page.')
    return undefined
  }
  const id = findWidget(port, 'unique_id')
  if (id) id.value = freeId(name)
  graph.add(port)
  const width = port.size[0]
  const left = side === 'left' ? x - width - 60 : side === 'right' ? x + 60 : x - width / 2
  port.pos = [left, y - socketDepth]
  moveClear(port, graph)
  app.canvas.selectItems([port])
  return port
}

/** Moves a node down until it lies over no other one. */
function moveClear(port: PageNode, graph: Graph): void {
  const others = graph.nodes.filter((node) => node !== port)
  for (let tries = 0; tries < 200; tries += 1) {
    const hit = others.find((other) => overlap(port, other))
    if (!hit) return
    port.pos = [port.pos[0], hit.pos[1] + hit.size[1] + titleHeight + gap]
  }
}

function overlap(one: PageNode, other: PageNode): boolean {
  const [left, top] = [one.pos[0], one.pos[1] - titleHeight]
  const [otherLeft, otherTop] = [other.pos[0], other.pos[1] - titleHeight]
  return (
    left < otherLeft + other.size[0] + gap &&
    otherLeft < left + one.size[0] + gap &&
    top < other.pos[1] + other.size[1] + gap &&
    otherTop < one.pos[1] + one.size[1] + gap
  )
}
