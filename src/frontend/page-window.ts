import type { Prompt } from '../prompt/prompt.ts'

/** What we use of ComfyUI's page: the objects that its extensions get, too. */
export interface FrontendWindow {
  readonly app: {
    readonly vueAppReady: boolean
    readonly extensionManager: { readonly spinner: boolean }
    readonly rootGraph: FrontendGraph
    registerExtension(extension: { readonly name: string; afterConfigureGraph(): void }): void
    loadGraphData(
      workflow: unknown,
      clean: boolean,
      restoreView: boolean,
      name: string | null,
      options: object,
    ): Promise<void>
    graphToPrompt(): Promise<{ readonly output: Prompt }>
  }
}

interface FrontendGraph {
  readonly nodes: readonly FrontendNode[]
  getNodeById(id: string): FrontendNode | null
}

interface FrontendNode {
  readonly type: string
  readonly title: string
  readonly properties?: Readonly<Record<string, unknown>>
  /** What is inside, for a node that stands for a subgraph. */
  readonly subgraph?: FrontendGraph
}
