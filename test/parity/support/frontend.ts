import { join } from 'node:path'
import { providePythonWheel } from './python-wheel.ts'

/** A version of ComfyUI's official frontend, and the arguments with which ComfyUI serves it. */
export interface Frontend {
  readonly version: string
  /** How many generated cases the short comparison tries. */
  readonly cases: number
  serverArguments(python: string): Promise<readonly string[]>
}

/** The frontends that the conversion is compared with: the one that comes with the managed ComfyUI, and the newest tried. */
export const frontends: readonly Frontend[] = [
  { version: '1.47.12', cases: 40, serverArguments: () => Promise.resolve([]) },
  {
    version: '1.58.1',
    // Fresh ones are for the long form: docs/parity.md names what is still different there.
    cases: 15,
    serverArguments: async (python) => {
      const folder = await providePythonWheel(python, {
        name: 'comfyui-frontend-package',
        version: '1.58.1',
        sha256: '37912597537a731a8f421179618a736c24184c5bdbfa327f38b2fb7c291852d9',
      })
      return ['--front-end-root', join(folder, 'comfyui_frontend_package', 'static')]
    },
  },
]
