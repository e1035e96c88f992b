import type { ComfyPage } from './comfy-page.ts'
import type { PageWindow } from './page-window.ts'

/** What a drop needs of the browser; the tests are compiled without its types. */
interface BrowserWindow extends PageWindow {
  readonly document: { querySelector(selector: string): { dispatchEvent(event: unknown): boolean } | null }
  readonly DataTransfer: new () => { readonly items: { add(file: unknown): void } }
  readonly DragEvent: new (type: string, options: object) => unknown
}

/** Drops a file on the canvas, as from the desktop, and waits until the page has opened the workflow in it. */
export async function dropFile(comfy: ComfyPage, name: string, type: string, bytes: Uint8Array): Promise<void> {
  await comfy.page.evaluate(
    ([fileName, fileType, content]) => {
      const { document, DataTransfer, DragEvent } = globalThis as unknown as BrowserWindow
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([Uint8Array.from(content)], fileName, { type: fileType }))
      const options = { bubbles: true, cancelable: true, dataTransfer, clientX: 800, clientY: 700 }
      document.querySelector('#graph-canvas')?.dispatchEvent(new DragEvent('drop', options))
    },
    [name, type, [...bytes]] as const,
  )
  await comfy.page.waitForFunction(() => (globalThis as unknown as PageWindow).app.rootGraph.nodes.length > 0)
}
