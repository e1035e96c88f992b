import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { saveFiles } from '../../src/cli/save-files.ts'
import type { RunFile } from '../../src/run/run-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-cli-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function file(subfolder: string, filename: string): RunFile {
  return {
    node: '9',
    title: 'Save',
    classType: 'SaveImage',
    kind: 'images',
    folderType: 'output',
    subfolder,
    filename,
    path: undefined,
    url: 'http://127.0.0.1:1/view',
    read: () => Promise.resolve(new TextEncoder().encode(filename)),
  }
}

describe('copying saved files', () => {
  it('keeps the subfolders', async () => {
    const [saved] = await saveFiles([file('portraits/may', 'a.png')], folder, false)
    expect(saved?.savedTo).toBe(join(folder, 'portraits/may/a.png'))
    expect(await readFile(join(folder, 'portraits/may/a.png'), 'utf8')).toBe('a.png')
  })

  it('never leaves the folder, whatever the server says', async () => {
    const inner = join(folder, 'inner')
    await saveFiles([file('../../up', '../../a.png'), file('/etc', '..\\..\\b.png')], inner, false)
    expect((await readdir(folder)).sort()).toEqual(['inner'])
    expect((await readdir(inner, { recursive: true })).sort()).toEqual(['etc', 'etc/b.png', 'up', 'up/a.png'])
  })

  it('replaces a file only when told to', async () => {
    await saveFiles([file('', 'a.png')], folder, false)
    await expect(saveFiles([file('', 'a.png')], folder, false)).rejects.toMatchObject({ code: 'EXPORT_EXISTS' })
    await saveFiles([file('', 'a.png')], folder, true)
  })
})
