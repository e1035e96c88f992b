import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

it('the package and the node pack have one version, wherever it is told', async () => {
  const { version } = JSON.parse(await read('package.json')) as { version: string }
  for (const path of ['pyproject.toml', 'comfy-nodes/discomfort/pyproject.toml'])
    expect(await read(path)).toContain(`\nversion = "${version}"\n`)
  expect(await read('comfy-nodes/discomfort/version.py')).toContain(`PACK_VERSION = "${version}"`)
})
