import { openTruthCache, shortHash, type TruthCache } from './truth-cache.ts'
import { templatesWheel, type OfficialWorkflow } from './official-workflows.ts'
import { editorText, oraclePage, type EditedAnswer, type PageAnswer } from './oracle-page.ts'
import type { ParityServer } from './parity-server.ts'

/** The truth about workflows, from the cache or from the frontend. The frontend is only opened where the cache ends. */
export interface Oracle extends AsyncDisposable {
  official(workflow: OfficialWorkflow): Promise<PageAnswer>
  /** What a page that was opened anew makes of a workflow. */
  afresh(text: string): Promise<PageAnswer>
  generated(seed: number, position: number): Promise<GeneratedCase>
  readonly counts: TruthCache['counts']
}

/** An official workflow that was edited by chance in the frontend. */
interface GeneratedCase extends EditedAnswer {
  readonly name: string
}

/** Opens the oracle of one server. Cases are made of `workflows`. */
export function openOracle(server: ParityServer, workflows: readonly OfficialWorkflow[]): Oracle {
  const { comfyui, frontend, definitions } = server
  const cache = openTruthCache([comfyui, frontend, templatesWheel.version, shortHash(definitions)])
  const page = oraclePage(server.address)
  return {
    counts: cache.counts,
    official: ({ text }) => cache.through(['official', text], () => page.convert(text)),
    afresh: (text) => cache.through(['anew', text], () => page.convertAfresh(text)),
    generated: (seed, position) =>
      cache.through(['generated', editorText, seed, position], async () => {
        const chosen = workflows[scatter(seed, position) % workflows.length] as OfficialWorkflow
        return { name: chosen.name, ...(await page.edit(chosen.text, scatter(position, seed))) }
      }),
    [Symbol.asyncDispose]: () => page.close(),
  }
}

/** A whole number below 2^31 that looks drawn by chance. */
function scatter(first: number, second: number): number {
  return parseInt(shortHash([first, second]).slice(0, 8), 16) >>> 1
}
