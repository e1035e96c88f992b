import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readWorkflow } from '../../src/files/read-workflow.ts'
import { compressedChunk, internationalChunk, png } from '../workflow/support/pictures.ts'

const workflow = { nodes: [{ id: 1, type: 'Load' }], links: [] }
const text = JSON.stringify(workflow)
const read = { kind: 'workflow', workflow }

let folder: string
let server: Server
let address: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-read-'))
  server = createServer((request, response) => {
    const isOpen = request.url === '/a%20b.json'
    const isAllowed = request.url === '/closed.json' && request.headers.authorization === `Basic ${btoa('me:pass')}`
    response.statusCode = isOpen || isAllowed ? 200 : 404
    response.end(text)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

describe('readWorkflow', () => {
  it('reads a path and names the source after the file', async () => {
    expect(await readWorkflow(await file('portrait.json', text))).toEqual({ ...read, name: 'portrait.json' })
  })

  it('reads file URLs, as URL and as text', async () => {
    const url = pathToFileURL(await file('with space.json', text))
    expect(await readWorkflow(url)).toEqual({ ...read, name: 'with space.json' })
    expect(await readWorkflow(url.href)).toEqual({ ...read, name: 'with space.json' })
  })

  it('reads http URLs', async () => {
    expect(await readWorkflow(`${address}/a%20b.json`)).toEqual({ ...read, name: 'a b.json' })
    const closed = `${address.replace('//', '//me:pass@')}/closed.json`
    expect(await readWorkflow(closed)).toEqual({ ...read, name: 'closed.json' })
  })

  it('reads bytes and data', async () => {
    expect(await readWorkflow(Buffer.from(text))).toEqual({ ...read, name: 'workflow' })
    expect(await readWorkflow(workflow)).toEqual({ ...read, name: 'workflow' })
  })

  it('tells pictures by their content, not by their name', async () => {
    const path = await file('picture.dat', png(internationalChunk('workflow', text)))
    expect(await readWorkflow(path)).toEqual({ ...read, name: 'picture.dat' })
  })

  it('reads compressed texts of PNG pictures', async () => {
    expect(await readWorkflow(png(compressedChunk('workflow', text)))).toMatchObject(read)
    expect(await readWorkflow(png(internationalChunk('workflow', text, true)))).toMatchObject(read)
  })

  it('reads the EXIF data of other pictures', async () => {
    const picture = sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    const jpeg = await picture
      .withExif({ IFD0: { ImageDescription: `workflow:${text}` } })
      .jpeg()
      .toBuffer()
    expect(await readWorkflow(jpeg)).toMatchObject(read)
  })

  it('says which file does not exist', async () => {
    const path = join(folder, 'nowhere.json')
    await expect(readWorkflow(path)).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND', details: { source: path } })
    await expect(readWorkflow(`${address}/gone.json`)).rejects.toMatchObject({
      code: 'WORKFLOW_NOT_FOUND',
      message: expect.stringContaining('404') as string,
    })
    for (const source of ['http://', 'http://127.0.0.1:1/%', new URL('file://elsewhere/a.json'), folder]) {
      await expect(readWorkflow(source)).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
    }
    await expect(readWorkflow('http://127.0.0.1:1/x.json')).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
  })

  it('stops reading from the web when aborted, and shows no password', async () => {
    const source = `${address.replace('//', '//user:secret@')}/a%20b.json?token=secret`
    const failure = readWorkflow(source, { signal: AbortSignal.abort() })
    await expect(failure).rejects.toMatchObject({ code: 'ABORTED' })
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('secret') as string })
  })

  it('says which file holds no workflow', async () => {
    const path = await file('broken.json', '{')
    await expect(readWorkflow(path)).rejects.toMatchObject({
      code: 'WORKFLOW_INVALID',
      message: expect.stringContaining(path) as string,
      details: { source: path },
    })
    const plain = await file('plain.png', png())
    await expect(readWorkflow(plain)).rejects.toMatchObject({ code: 'WORKFLOW_INVALID', details: { source: plain } })
  })
})
