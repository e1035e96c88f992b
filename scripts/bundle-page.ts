import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const pack = fileURLToPath(new URL('../comfy-nodes/discomfort/', import.meta.url))

/** Makes the one file that ComfyUI serves from the pack to its page. */
export async function bundlePage(): Promise<void> {
  await build({
    entryPoints: [`${pack}page/main.ts`],
    outfile: `${pack}web/discomfort.js`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    // The page brings them.
    external: ['/scripts/*'],
    banner: { js: '/* Discomfort, MIT licence. Built from comfy-nodes/discomfort/page. */' },
    logLevel: 'warning',
  })
}
