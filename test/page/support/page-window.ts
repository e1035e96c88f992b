import type { FrontendWindow } from '../../../src/frontend/page-window.ts'
import type { Workflow } from '../../../src/workflow/document.ts'

/** What these tests use of ComfyUI's page, over what the library uses. */
export interface PageWindow {
  requestAnimationFrame(then: (time: number) => void): void
  readonly app: Omit<FrontendWindow['app'], 'rootGraph'> & {
    readonly rootGraph: PageGraph
    readonly lastExecutionError: { readonly node_id: string; readonly exception_message: string } | null
    queuePrompt(number: number, batchCount: number): Promise<boolean>
  }
  readonly LiteGraph: {
    readonly registered_node_types: Readonly<Record<string, unknown>>
    createNode(type: string): PageNode | null
  }
}

interface PageGraph {
  readonly nodes: readonly PageNode[]
  add(node: PageNode): void
  getNodeById(id: string): PageNode | null
  convertToSubgraph(nodes: ReadonlySet<PageNode>): unknown
  serialize(): Workflow
}

export interface PageNode {
  readonly id: string
  readonly type: string
  pos: [number, number]
  readonly has_errors?: boolean
  readonly inputs: readonly { readonly name: string; readonly type: string }[]
  readonly outputs: readonly { readonly name: string; readonly type: string }[]
  readonly widgets?: readonly {
    readonly name: string
    value: unknown
    readonly options: { readonly values?: unknown }
  }[]
  readonly imgs?: readonly { readonly naturalWidth: number; readonly naturalHeight: number }[]
  connect(output: number, target: PageNode, input: number): unknown
  /** Left, top, width and height, its title included. */
  getBounding(): ArrayLike<number>
}
