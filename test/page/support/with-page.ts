import { inject, it as plainIt } from 'vitest'
import { openComfyPage, type Drawing } from './comfy-page.ts'

/** Tests with ComfyUI's page as `comfy`, opened once a file. A file may override `drawing`. */
export const it = plainIt
  .extend('drawing', { scope: 'file' }, (): Drawing => 'canvas')
  .extend('comfy', { scope: 'file' }, async ({ drawing }, { onCleanup }) => {
    const comfy = await openComfyPage(inject('server'), drawing)
    onCleanup(() => comfy.close())
    return comfy
  })
