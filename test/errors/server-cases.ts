import { cp, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { chromium } from 'playwright-core'
import { DiscomfortError } from '../../src/errors.ts'
import { launchBrowser } from '../../src/frontend/launch-browser.ts'
import type { ConnectorOptions } from '../../src/server/connector-options.ts'
import { ComfyConnector } from '../../src/server/connector.ts'
import { installComfyUI } from '../../src/server/install/install.ts'
import { startManagedServer } from '../../src/server/launch/managed-server.ts'
import { superviseServer } from '../../src/server/launch/supervisor.ts'
import { node, port } from '../support/port-definitions.ts'
import { standInComfyUI, type StandInLaunch } from '../support/stand-in-comfyui.ts'
import { Image, Tensor } from '../../src/index.ts'
import type { Cases, Place } from './place.ts'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))
const picture = { 1: port('in'), 2: node('Picture', { image: ['1', 0] }), 3: port('out', ['2', 0]) }
const latent = { 1: node('Sampler', { seed: 5 }), 2: port('latent', ['1', 0]) }
const image = () => Image.from(Tensor.from(new Float32Array(48), [1, 4, 4, 3]))

const attach = async ({ server }: Place, options: Parameters<Place['server']>[0]) =>
  ComfyConnector.create({ server: (await server(options)).url })
const start = async ({ path }: Place, launch: StandInLaunch, options: ConnectorOptions = {}) => {
  const { folder, python } = await standInComfyUI(path('ComfyUI'), [launch])
  return ComfyConnector.create({ comfyui: folder, python, ...options })
}

/** What is wrong with servers, installs and browsers. */
export const serverCases: Cases<
  | 'SERVER_START_FAILED'
  | 'SERVER_CRASHED'
  | 'SERVER_UNREACHABLE'
  | 'SERVER_INCOMPATIBLE'
  | 'SERVER_UNAUTHORIZED'
  | 'COMFYUI_NOT_FOUND'
  | 'INSTALL_FAILED'
  | 'PACKAGE_MISSING'
  | 'BROWSER_NOT_FOUND'
  | 'BROWSER_FAILED'
> = {
  SERVER_START_FAILED: {
    'a Python package is missing': (there) => start(there, 'crash'),
    'the pack did not load': (there) => start(there, 'no pack'),
    'it takes too long': (there) => start(there, 'slow', { startTimeout: 3000 }),
    'its port is taken': async (there) => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      try {
        await start(there, 'ready', { port: (other.address() as AddressInfo).port })
      } finally {
        other.close()
      }
    },
  },
  SERVER_CRASHED: {
    'it was killed': async ({ path }) => {
      const installation = await standInComfyUI(path('ComfyUI'), ['ready'])
      const hold = await superviseServer({ installation, launch: () => startManagedServer({ installation }) })
      const crash = new Promise((_resolve, down) => hold.listen({ down, up() {}, gone() {} }))
      process.kill(hold.pid as number, 'SIGKILL')
      try {
        await crash
      } finally {
        await hold.stop()
      }
    },
    'it executes nothing any more': async (there) => {
      const server = await there.server({ script: () => server.killWorker() })
      await using comfy = await ComfyConnector.create({ server: server.url })
      await comfy.runWorkflow({ 1: node('Many') })
    },
    'it was restarted': async (there) => {
      const server = await there.server({ script: () => void server.restart() })
      await using comfy = await ComfyConnector.create({ server: server.url })
      await comfy.runWorkflow({ 1: node('Many') })
    },
  },
  SERVER_UNREACHABLE: {
    'nobody answers': async ({ server }) => {
      const gone = await server()
      await gone[Symbol.asyncDispose]()
      await ComfyConnector.create({ server: gone.url })
    },
    'it is no address': () => ComfyConnector.create({ server: 'not an address' }),
  },
  SERVER_INCOMPATIBLE: {
    'its pack is newer': (there) => attach(there, { pack: { protocol: 9, protocolMin: 9 } }),
    'its pack is older': (there) => attach(there, { pack: { protocol: 0, protocolMin: 0 } }),
    'it is no ComfyUI': (there) => attach(there, { intercept: () => ({ status: 200, body: '<html>Welcome</html>' }) }),
    'a value needs the pack': async ({ discomfort }) => (await discomfort({ pack: false })).run(latent),
    'its pack is too old for values over HTTP': async ({ discomfort }) =>
      (await discomfort({ lacks: ['/discomfort/contexts'] })).run(picture, { inputs: { in: image() } }),
    'it does not take an upload': async ({ discomfort, path }) => {
      await writeFile(path('a.png'), 'pixels')
      await (await discomfort()).connector.uploadData(path('a.png'))
    },
  },
  SERVER_UNAUTHORIZED: {
    'it wants a token': (there) => attach(there, { intercept: () => ({ status: 401, body: '' }) }),
    'it does not take this token': (there) => attach(there, { intercept: () => ({ status: 403, body: '' }) }),
  },
  COMFYUI_NOT_FOUND: {
    'the named folder is none': ({ path }) => ComfyConnector.create({ comfyui: path('nowhere') }),
  },
  INSTALL_FAILED: {
    'there is no Python': ({ path }) => installComfyUI({ home: path('home'), python: path('no-python') }),
  },
  PACKAGE_MISSING: {
    // The built file in a place from which no package can be found; what it raises there is raised here once more.
    'the package that drives browsers is not installed': async ({ path }) => {
      await mkdir(path('frontend'))
      await writeFile(path('package.json'), '{ "type": "module" }')
      for (const file of ['errors.js', 'frontend/load-playwright.js']) await cp(`${dist}/${file}`, path(file))
      const script = `import { loadPlaywright } from './frontend/load-playwright.js'
        await loadPlaywright().catch((error) => console.log(JSON.stringify(error)))`
      await writeFile(path('load.js'), script)
      const { stdout } = await promisify(execFile)(process.execPath, [path('load.js')])
      const { code, message, details } = JSON.parse(stdout) as DiscomfortError
      throw new DiscomfortError(code, message, { details })
    },
  },
  BROWSER_NOT_FOUND: {
    'the named one is not there': ({ path }) => launchBrowser(chromium, { DISCOMFORT_CHROMIUM: path('no-browser') }),
  },
  BROWSER_FAILED: {
    'it ends at once': () => launchBrowser(chromium, { DISCOMFORT_CHROMIUM: '/bin/false' }),
  },
}
