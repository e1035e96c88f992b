import { app } from '/scripts/app.js'

/** Shows a note in the corner of the page. */
export function tell(severity: 'success' | 'info' | 'warn' | 'error', summary: string, detail?: string): void {
  app.extensionManager.toast.add({
    severity,
    summary,
    ...(detail === undefined ? {} : { detail }),
    life: severity === 'success' || severity === 'info' ? 3000 : 8000,
  })
}
