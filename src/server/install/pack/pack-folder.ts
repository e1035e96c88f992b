import { fileURLToPath } from 'node:url'

/** The node pack of this package. It lies beside `dist` and `src`. */
export const packFolder = fileURLToPath(new URL('../../../../comfy-nodes/discomfort', import.meta.url))

/** The command line of this package as plain JavaScript: what the nodes inside ComfyUI start. */
export const builtCommandLine = fileURLToPath(new URL('../../../../dist/cli/main.js', import.meta.url))
