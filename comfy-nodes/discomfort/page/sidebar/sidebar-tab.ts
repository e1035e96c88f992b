import { api } from '/scripts/api.js'
import { app } from '/scripts/app.js'
import { later } from '../comfy/later.ts'
import type { OpenWorkflow } from '../ports/read-ports.ts'
import type { SeenPort } from '../ports/seen-port.ts'
import { onPorts } from '../ports/show-ports.ts'
import { element } from './element.ts'
import { savedPath } from './open-name.ts'
import { portsSection } from './ports-section.ts'
import { readRuns, runsSection } from './runs-section.ts'
import { copySnippet } from './snippet.ts'
import { addStyle } from './style.ts'

/** Adds our tab to the side of the page. */
export function addSidebarTab(): void {
  let close: (() => void) | undefined
  app.extensionManager.registerSidebarTab({
    id: 'discomfort',
    title: 'Discomfort',
    // The longer name breaks under the icon.
    label: 'Ports',
    icon: 'pi pi-arrow-right-arrow-left',
    tooltip: 'Discomfort: ports and runs from scripts',
    type: 'custom',
    render(container) {
      close?.()
      close = openTab(container)
    },
    destroy() {
      close?.()
      close = undefined
    },
  })
}

/** Fills the tab, and keeps it true until it is closed. */
function openTab(container: HTMLElement): () => void {
  addStyle()
  let shown: OpenWorkflow | undefined
  const name = element('strong', {})
  const ports = element('section', {})
  const runs = element('section', {})
  const copy = element(
    'button',
    { title: 'Copy a script that runs this workflow', onclick: () => void copySnippet(shown) },
    'Copy TypeScript',
  )
  container.replaceChildren(element('div', { class: 'discomfort-tab' }, element('header', {}, name, copy), ports, runs))

  const showRuns = later(150, () => {
    void readRuns().then((read) => runs.replaceChildren(...runsSection(read, savedPath())))
  })
  const stop = onPorts((seen: readonly SeenPort[], opened) => {
    shown = opened
    name.textContent = savedPath() ?? 'Not saved yet'
    ports.replaceChildren(...portsSection(seen))
  })
  showRuns()
  // The server tells whenever its queue changes.
  api.addEventListener('status', showRuns)
  return () => {
    stop()
    api.removeEventListener('status', showRuns)
  }
}
