import type { ComfyApp, ComfyExtension } from '@comfyorg/comfyui-frontend-types'

/** The types of ComfyUI's page that it does not export by name. */

/** A graph: the workflow, or the inside of a subgraph. */
export type Graph = ComfyApp['rootGraph']
/** The inside of a subgraph. */
export type Subgraph = Graph['subgraphs'] extends ReadonlyMap<string, infer Inside> ? Inside : never
/** The canvas that shows a graph. */
export type Canvas = ComfyApp['canvas']
/** A node on the canvas. */
export type PageNode = NonNullable<ReturnType<Graph['getNodeById']>>
/** The class of a node. */
export type NodeType = Parameters<NonNullable<ComfyExtension['beforeRegisterNodeDef']>>[0]
/** What the server tells of a class, as the page got it. */
export type NodeDef = Parameters<NonNullable<ComfyExtension['beforeRegisterNodeDef']>>[1]
export type Input = PageNode['inputs'][number]
export type Output = PageNode['outputs'][number]
export type Widget = NonNullable<PageNode['widgets']>[number]
export type Link = NonNullable<ReturnType<Graph['getLink']>>
export type MenuItem = ReturnType<NonNullable<ComfyExtension['getNodeMenuItems']>>[number]
export type Badge = Exclude<PageNode['badges'][number], () => unknown>
