import { app } from '/scripts/app.js'

/** The path of the open workflow inside the folder of saved ones; undefined while it has none. */
export function savedPath(): string | undefined {
  const { activeWorkflow } = (app.extensionManager.workflow ?? {}) as {
    readonly activeWorkflow?: { readonly path?: string; readonly isTemporary?: boolean } | null
  }
  if (!activeWorkflow?.path || activeWorkflow.isTemporary) return undefined
  return activeWorkflow.path.replace(/^workflows\//, '')
}
