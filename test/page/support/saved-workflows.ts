import type { ComfyPage } from './comfy-page.ts'

/** Saves a workflow for the user of the page, as its own menu does. */
export async function saveWorkflow(comfy: ComfyPage, name: string, workflow: unknown): Promise<void> {
  const response = await fetch(`${address(comfy, name)}?overwrite=true`, {
    method: 'POST',
    body: JSON.stringify(workflow),
  })
  if (!response.ok) throw new Error(`${name} cannot be saved: ${response.status}`)
}

/** Takes it away again. */
export async function removeWorkflow(comfy: ComfyPage, name: string): Promise<void> {
  await fetch(address(comfy, name), { method: 'DELETE' })
}

function address({ server }: ComfyPage, name: string): string {
  return `${server}/userdata/${encodeURIComponent(`workflows/${name}`)}`
}
