import { join } from 'node:path'
import type { DiscomfortErrorCode } from '../../src/errors.ts'
import { Discomfort } from '../../src/index.ts'
import { fakeComfyUI, type FakeComfyUI, type FakeOptions } from '../../src/testing.ts'
import { definitions } from '../support/port-definitions.ts'
import { temporaryFolder } from '../support/folders.ts'

/** Where an error is raised: all of it goes afterwards. */
export interface Place extends AsyncDisposable {
  /** A folder; `path` gives places in it. */
  readonly folder: string
  readonly path: (...names: string[]) => string
  readonly server: (options?: FakeOptions) => Promise<FakeComfyUI>
  /** A handle on a fake ComfyUI that knows the classes of test/support/port-definitions.ts. */
  readonly discomfort: (options?: FakeOptions) => Promise<Discomfort>
}

/** Raises one error. */
export type Case = (there: Place) => unknown

/** The ways in which a code is raised, by what happened. A code of src/errors.ts without one does not compile. */
export type Cases<Codes extends DiscomfortErrorCode = DiscomfortErrorCode> = Record<
  Codes,
  Readonly<Record<string, Case>>
>

export async function openPlace(): Promise<Place> {
  const { path: folder, [Symbol.asyncDispose]: remove } = await temporaryFolder('error')
  const before = { ...process.env }
  Object.assign(process.env, { DISCOMFORT_HOME: folder, DISCOMFORT_STORE: join(folder, 'store') })
  const ends: (() => Promise<void>)[] = []
  const place: Place = {
    folder,
    path: (...names) => join(folder, ...names),
    async server(options) {
      const server = await fakeComfyUI({ definitions, ...options })
      ends.push(async () => server[Symbol.asyncDispose]())
      return server
    },
    async discomfort(options) {
      const server = await place.server(options)
      const discomfort = await Discomfort.create({ server: server.url, exclusive: true })
      ends.push(() => discomfort.close())
      return discomfort
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends.reverse()) await end()
      for (const name of ['DISCOMFORT_HOME', 'DISCOMFORT_STORE']) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
      await remove()
    },
  }
  return place
}
