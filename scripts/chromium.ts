import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { runCommand } from '../src/server/command.ts'
import { mayInstall } from './may-install.ts'

// On some systems chromium-browser only says how to install the real one, so it comes after the others.
const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chrome', 'chromium-browser', 'microsoft-edge']
const wellKnown = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/snap/bin/chromium',
]
const aptSteps = [
  ['update'],
  ['install', '-y', '--no-install-recommends', 'chromium'],
] as const satisfies readonly (readonly string[])[]

/**
 * The path of a Chromium or Chrome: `DISCOMFORT_CHROMIUM` where it is set, else one that is installed. Where there is
 * none and we are root with apt-get, in CI or in a container, the distribution's package is installed.
 */
export async function provideChromium(): Promise<string> {
  const given = process.env['DISCOMFORT_CHROMIUM']
  if (given) {
    if (await isExecutable(given)) return given
    throw new Error(`DISCOMFORT_CHROMIUM is "${given}", which cannot be executed.`)
  }
  const found = await findChromium()
  if (found) return found
  const aptGet = mayInstall() && process.getuid?.() === 0 ? await inPath('apt-get') : undefined
  if (aptGet) await install(aptGet)
  const installed = await findChromium()
  if (installed) return installed
  throw new Error(
    'The tests of the page need Chromium or Chrome. Type `sudo apt-get install chromium` (or install Google Chrome), ' +
      'or set DISCOMFORT_CHROMIUM to the path of one.',
  )
}

/** A Chromium that is already there. */
async function findChromium(): Promise<string | undefined> {
  for (const name of names) {
    const path = await inPath(name)
    if (path) return path
  }
  for (const path of wellKnown) if (await isExecutable(path)) return path
  return undefined
}

async function install(aptGet: string): Promise<void> {
  for (const step of aptSteps) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { code, lines } = await runCommand(aptGet, step, { env })
    if (code !== 0) {
      throw new Error(`\`apt-get ${step.join(' ')}\` ended with ${code}:\n${lines.slice(-10).join('\n')}`)
    }
  }
}

async function inPath(name: string): Promise<string | undefined> {
  // Debian keeps some programs out of the path of services.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  for (const folder of folders) {
    const path = join(folder || '.', name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
