import type { ComfyPage } from './comfy-page.ts'
import type { PageWindow } from './page-window.ts'

/** The text that the page shows on a node, once it does. */
export async function shownText(comfy: ComfyPage, id: string): Promise<string> {
  const shown = await comfy.page.waitForFunction((node) => {
    const { app } = globalThis as unknown as PageWindow
    return app.rootGraph.getNodeById(node)?.widgets?.find((widget) => widget.name === '$$node-text-preview')?.value
  }, id)
  return String(await shown.jsonValue())
}

/** Width and height of the pictures that the page shows on a node, once they are loaded. */
export async function shownPictures(comfy: ComfyPage, id: string): Promise<(readonly [number, number])[]> {
  const shown = await comfy.page.waitForFunction((node) => {
    const { app } = globalThis as unknown as PageWindow
    const pictures = app.rootGraph.getNodeById(node)?.imgs
    if (!pictures?.length || pictures.some((picture) => picture.naturalWidth === 0)) return undefined
    return pictures.map((picture) => [picture.naturalWidth, picture.naturalHeight] as const)
  }, id)
  return (await shown.jsonValue()) ?? []
}
