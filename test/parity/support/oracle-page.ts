import { openComfyPage, type ComfyPage } from '../../page/support/comfy-page.ts'
import type { FrontendWindow } from '../../../src/frontend/page-window.ts'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { allEdits, editWeights } from '../edits/all-edits.ts'
import { editInPage } from './edit-in-page.ts'

/** What the frontend made of a workflow: a prompt, or the error that it ended with. */
export interface PageAnswer {
  readonly output?: Prompt
  readonly error?: string
  /** When it answered, in milliseconds since 1970: dates in file names depend on it. */
  readonly at: number
}

/** A workflow that was edited, saved and opened again in the frontend. */
export interface EditedAnswer extends PageAnswer {
  /** The workflow as the frontend saved it; empty where editing ended with an error. */
  readonly saved: string
  readonly log: readonly string[]
}

/** The official frontend as the judge. One thing after another; a page that hangs is replaced by a new one. */
export interface OraclePage {
  convert(text: string): Promise<PageAnswer>
  /** The same in a page that has shown nothing before. */
  convertAfresh(text: string): Promise<PageAnswer>
  edit(text: string, seed: number): Promise<EditedAnswer>
  close(): Promise<void>
}

/** The text of everything that decides what `edit` makes of a seed. */
export const editorText = JSON.stringify([
  String(editInPage),
  editWeights,
  Object.entries(allEdits).map(([name, edit]) => [name, String(edit)]),
])

const names = Object.keys(allEdits).flatMap((name) => Array.from({ length: editWeights[name] ?? 1 }, () => name))
const patience = 40_000

/** The page keeps every workflow that it opened and becomes slower with each, so it is left after this many. */
const answersOfOnePage = 80

/** Opens the page when it is first asked. */
export function oraclePage(server: string): OraclePage {
  let opened: Promise<ComfyPage> | undefined
  let answers = 0
  const close = async (): Promise<void> => {
    const page = await opened?.catch(() => undefined)
    opened = undefined
    await page?.close()
  }
  const inPage = async <Value>(work: (page: ComfyPage) => Promise<Value>): Promise<Value> => {
    if ((answers += 1) % answersOfOnePage === 0) await close()
    opened ??= openComfyPage(server).then(prepared)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the page did not answer')), patience)
    })
    try {
      return await Promise.race([work(await opened), late])
    } catch (error) {
      await close()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
  const convert = (text: string) => inPage(({ page }) => page.evaluate(convertInPage, text)).catch(failed)
  return {
    convert,
    async convertAfresh(text) {
      await close()
      return convert(text)
    },
    async edit(text, seed) {
      try {
        const { saved, log } = await inPage(async ({ page }) => {
          const { error } = await page.evaluate(convertInPage, text)
          if (error !== undefined) throw new Error(error)
          return page.evaluate(editInPage, { seed, names })
        })
        return { saved, log, ...(await convert(saved)) }
      } catch (error) {
        return { saved: '', log: [], ...failed(error) }
      }
    },
    close,
  }
}

function failed(error: unknown): PageAnswer {
  return { error: String(error instanceof Error ? error.message : error).slice(0, 300), at: Date.now() }
}

/**
 * Opens a workflow and converts it, inside the page. Chance always picks the first of several choices. Newer pages
 * settle the types of some sockets a moment after they opened a workflow.
 */
async function convertInPage(text: string): Promise<PageAnswer> {
  const { app } = globalThis as unknown as FrontendWindow
  const at = Date.now()
  const { random } = Math
  try {
    try {
      await app.loadGraphData(JSON.parse(text), true, true, null, {
        showMissingNodesDialog: false,
        showMissingModelsDialog: false,
      })
    } catch (error) {
      // The graph is open then; only the list of opened workflows could not copy it (curves, in frontend 1.58).
      if (!(error instanceof Error && error.name === 'DataCloneError')) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 60))
    Math.random = () => 0
    const { output } = await app.graphToPrompt()
    return { output: JSON.parse(JSON.stringify(output)) as Prompt, at }
  } catch (error) {
    return { error: String(error).slice(0, 300), at }
  } finally {
    Math.random = random
  }
}

/** Puts the edits into the page, and ids that depend on a seed alone. */
async function prepared(comfy: ComfyPage): Promise<ComfyPage> {
  const edits = Object.entries(allEdits).map(([name, edit]) => `${JSON.stringify(name)}: ${String(edit)}`)
  await comfy.page.evaluate(`{
    // What runs our TypeScript marks functions with their names by a helper that the page lacks.
    globalThis.__name ??= (given) => given
    let state = 1
    const random = () => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    }
    const digits = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
    crypto.randomUUID = () => [digits(8), digits(4), '4' + digits(3), 'a' + digits(3), digits(12)].join('-')
    globalThis.parity = { random, restart: (seed) => void (state = seed), edits: { ${edits.join(',\n')} } }
  }`)
  return comfy
}
