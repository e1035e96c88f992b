import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Discomfort } from 'discomfort'
import { expect, inject, onTestFinished } from 'vitest'
import { draw } from './support/draw.ts'
import { dropFile } from './support/drop-file.ts'
import { it } from './support/with-page.ts'

it('a picture that a run of the library saved opens in the page as the workflow that was drawn', async ({ comfy }) => {
  await draw(
    comfy,
    {
      color: ['DiscomfortPort', { unique_id: 'color' }],
      picture: ['EmptyImage', { width: 64, height: 48, color: 255 }],
      save: ['SaveImage', { filename_prefix: 'discomfort-page-test' }],
    },
    [
      ['color.value', 'picture.color'],
      ['picture.IMAGE', 'save.images'],
    ],
  )
  const drawn = await comfy.saved()
  const prompt = await comfy.prompt()

  await using discomfort = await Discomfort.create({ server: inject('server') })
  const run = discomfort.run(drawn, { inputs: { color: 0x336699 } })
  await run
  const [file] = run.files
  expect(run.files).toHaveLength(1)
  if (file) onTestFinished(() => rm(join(outputFolder(), file.subfolder, file.filename)))
  const bytes = (await file?.read()) ?? new Uint8Array()

  await comfy.open({ version: 0.4, last_node_id: 0, last_link_id: 0, nodes: [], links: [] })
  expect((await comfy.saved()).nodes).toEqual([])
  await dropFile(comfy, 'picture.png', 'image/png', bytes)
  const reopened = await comfy.saved()
  expect(reopened.nodes).toEqual(drawn.nodes)
  expect(reopened.links).toEqual(drawn.links)
  expect(await comfy.prompt()).toEqual(prompt)
})

/** Where the server of these tests saves pictures. */
function outputFolder(): string {
  const { args } = inject('launch')
  return join(args[args.indexOf('--base-directory') + 1] ?? '', 'output')
}
