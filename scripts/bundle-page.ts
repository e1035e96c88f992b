import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const pack = fileURLToPath(new URL('../comfy-nodes/discomfort/', import.meta.url))

/** What the page brings is asked for beside us: it may lie under any path, and we are at `extensions/NAME/discomfort.js`. */
const fromPage: Plugin = {
  name: 'from-page',
  setup(build) {
    build.onResolve({ filter: /^\/scripts\// }, ({ path }) => ({ path: `../..${path}`, external: true }))
  },
}

/** Makes the one file that ComfyUI serves from the pack to its page. */
export async function bundlePage(): Promise<void> {
  await build({
    entryPoints: [`${pack}page/main.ts`],
    outfile: `${pack}web/discomfort.js`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    plugins: [fromPage],
    banner: { js: '/* Discomfort, MIT licence. Built from comfy-nodes/discomfort/page. */' },
    logLevel: 'warning',
  })
}
