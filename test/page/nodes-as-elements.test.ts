import { expect } from 'vitest'
import { draw } from './support/draw.ts'
import { shownPictures } from './support/read-node.ts'
import { it as plainIt } from './support/with-page.ts'

const it = plainIt.override('drawing', 'elements')

it('an OUTPUT port shows its text and its picture where the page draws nodes as elements, too', async ({ comfy }) => {
  const nodes = await draw(
    comfy,
    {
      number: ['TestInt', { value: 161803 }],
      result: ['DiscomfortPort', { unique_id: 'result' }],
      color: ['EmptyImage', { width: 96, height: 64, color: 0xff8800 }],
      picture: ['DiscomfortPort', { unique_id: 'picture' }],
    },
    [
      ['number.INT', 'result.value'],
      ['color.IMAGE', 'picture.value'],
    ],
  )
  const { status } = await comfy.queue()
  expect(status.status_str).toBe('success')
  await comfy.page.getByText('161803', { exact: true }).waitFor({ state: 'visible' })
  await comfy.page.locator(`[data-node-id="${nodes.picture}"] img[src*="filename=discomfort-"]`).waitFor()
  expect(await shownPictures(comfy, nodes.picture)).toEqual([[96, 64]])
})
