import { inject, it as plainIt } from 'vitest'
import { openComfyPage } from './comfy-page.ts'

/** Tests with ComfyUI's page as `comfy`, opened once a file. */
// oxlint-disable-next-line no-empty-pattern -- Vitest reads from this pattern which fixtures it needs.
export const it = plainIt.extend('comfy', { scope: 'file' }, async ({}, { onCleanup }) => {
  const comfy = await openComfyPage(inject('server'))
  onCleanup(() => comfy.close())
  return comfy
})
