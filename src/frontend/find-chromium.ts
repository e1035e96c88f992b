import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

// On some systems chromium-browser only says how to install the real one, so it comes after the others.
const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chrome', 'chromium-browser', 'microsoft-edge']
const wellKnown = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/snap/bin/chromium',
]

/** The path of an installed Chromium or Chrome: on the path of programs, else in a known place. */
export async function findChromium(): Promise<string | undefined> {
  for (const name of names) {
    const path = await findProgram(name)
    if (path) return path
  }
  for (const path of wellKnown) if (await isExecutable(path)) return path
  return undefined
}

/** Where a program lies on the path. */
export async function findProgram(name: string): Promise<string | undefined> {
  // Debian keeps some programs out of the path of services.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  for (const folder of folders) {
    const path = join(folder || '.', name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

/** Whether a file is there and may be run. */
export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
