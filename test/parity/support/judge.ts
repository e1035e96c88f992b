import type { Workflow } from '../../../src/workflow/document.ts'
import { checkConversion, type Verdict } from './check-conversion.ts'
import type { Oracle } from './oracle.ts'
import type { PageAnswer } from './oracle-page.ts'
import type { ParityServer } from './parity-server.ts'

/**
 * Compares our conversion with the page's answer. The page remembers things of workflows that it showed before, by the
 * ids of their nodes, and answers differently then; so a difference counts only if a page that was opened anew agrees.
 */
export async function judge(
  { workflow, text, answer }: { readonly workflow: Workflow; readonly text: string; readonly answer: PageAnswer },
  oracle: Oracle,
  server: ParityServer,
): Promise<Verdict> {
  const verdict = checkConversion(workflow, answer, server)
  if (verdict.differences.length === 0) return verdict
  return checkConversion(workflow, await oracle.afresh(text), server)
}
