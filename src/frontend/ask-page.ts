import type { Page } from 'playwright-core'
import { DiscomfortError } from '../errors.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { Workflow } from '../workflow/document.ts'
import { convertInPage } from './convert-in-page.ts'
import { dropUnknown } from './drop-unknown.ts'

/**
 * Opens a workflow in a page that is ready and gives the prompt that the page would send.
 * @throws {@link DiscomfortError} `WORKFLOW_NODES_MISSING`, or `WORKFLOW_INVALID` where the page refuses it
 */
export async function askPage(page: Page, workflow: Workflow, source: string): Promise<Prompt> {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  const answer = await page.evaluate(convertInPage, pageJson(workflow))
  if ('text' in answer) return dropUnknown(JSON.parse(answer.text) as Prompt, answer.unknown, source)
  const reason = (answer.error ?? complaints.at(-1) ?? 'it does not say why').split('\n', 1)[0] as string
  const verb = answer.refused === 'opening' ? 'open' : 'convert'
  throw new DiscomfortError(
    'WORKFLOW_INVALID',
    `ComfyUI's page cannot ${verb} "${source}": ${reason}. Open it there to see what is wrong, mend that and save it again.`,
    { details: { source, reason } },
  )
}

/** A workflow as the page reads it from a file: its numbers are doubles. */
function pageJson(workflow: Workflow): string {
  return JSON.stringify(workflow, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
}
