/** `npm ci` in a clone builds everything; npm runs this, also before it packs. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const tools = ['typescript', 'tsx', 'esbuild']
const isWhole = tools.every((tool) => existsSync(new URL(`../node_modules/${tool}/package.json`, import.meta.url)))

if (isWhole) {
  // Types are checked elsewhere. Not to standard output: `npm pack --json` writes there.
  const { status } = spawnSync('npm run -s build -- --noCheck', { shell: true, stdio: ['ignore', 2, 2] })
  process.exitCode = status ?? 1
} else {
  console.error('Discomfort was not built, since its development dependencies are missing: `npm ci` installs them.')
}
