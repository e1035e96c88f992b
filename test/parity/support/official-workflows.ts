import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseWorkflow } from '../../../src/workflow/parse.ts'
import type { Workflow } from '../../../src/workflow/document.ts'
import { providePythonWheel, type PythonWheel } from './python-wheel.ts'

/** The package in which ComfyUI publishes its templates. */
export const templatesWheel = {
  name: 'comfyui-workflow-templates-json',
  version: '0.1.27',
  sha256: 'a39d7e9ac1759ef0c241b77848409c0400098f0f61b875f632f69cfc5f79e326',
} as const satisfies PythonWheel

/** One official workflow; `text` is the file as it is. */
export interface OfficialWorkflow {
  readonly name: string
  readonly text: string
  readonly workflow: Workflow
}

/** All official workflows by name. The package also holds lists of them, which have no nodes. */
export async function readOfficialWorkflows(python: string): Promise<readonly OfficialWorkflow[]> {
  const folder = join(
    await providePythonWheel(python, templatesWheel),
    templatesWheel.name.replaceAll('-', '_'),
    'templates',
  )
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).toSorted()
  const read = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return files.flatMap((name, at): OfficialWorkflow[] => {
    const text = read[at] as string
    const data = JSON.parse(text) as { nodes?: unknown }
    if (!Array.isArray(data.nodes)) return []
    const parsed = parseWorkflow(text)
    return parsed.kind === 'workflow' ? [{ name, text, workflow: parsed.workflow }] : []
  })
}
