import type { Prompt } from '../prompt/prompt.ts'
import { interruption } from './interruption.ts'
import { openConnector } from './open-connector.ts'
import type { ServerOptions } from './server-options.ts'

/** The prompt that the page of a ComfyUI makes of a workflow, and which ComfyUI that was. */
export async function askFrontend(
  source: string,
  options: ServerOptions,
): Promise<{ readonly prompt: Prompt; readonly origin: string }> {
  const opened = await openConnector(options, 'to ask its page')
  await using connector = opened.connector
  const prompt = await connector.getPromptFromWorkflow(source, { via: 'frontend', signal: interruption() })
  return { prompt, origin: `the page of ${opened.origin}` }
}
