import { findChromium, findProgram, isExecutable } from '../src/frontend/find-chromium.ts'
import { runCommand } from '../src/server/command.ts'
import { mayInstall } from './may-install.ts'

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
  const aptGet = mayInstall() && process.getuid?.() === 0 ? await findProgram('apt-get') : undefined
  if (aptGet) await install(aptGet)
  const installed = await findChromium()
  if (installed) return installed
  throw new Error(
    'The tests of the page need Chromium or Chrome. Type `sudo apt-get install chromium` (or install Google Chrome), ' +
      'or set DISCOMFORT_CHROMIUM to the path of one.',
  )
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
