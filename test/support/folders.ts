import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that goes when the test ends. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
}

export async function temporaryFolder(name = 'test'): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `discomfort-${name}-`))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
