import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import { request, type Http } from '../http/http.ts'

/** Where an upload goes, and how long it stays. */
export interface UploadOptions {
  /** The folder of ComfyUI that it goes to. Default: `input`. `models` works on managed servers only. */
  readonly folderType?: 'input' | 'output' | 'temp' | 'models' | undefined
  /** A folder inside it. Default: one of this server's own, `discomfort/<id>`. For `models` it is required, e.g. `loras`. */
  readonly subfolder?: string | undefined
  /** Replace a file of the same name. Default: false, then the server picks another name. */
  readonly overwrite?: boolean | undefined
  /** Delete it when the server stops. Default: true on managed servers; others cannot be told to delete files. */
  readonly isEphemeral?: boolean | undefined
}

/** Where an upload landed. */
export interface UploadedFile {
  readonly name: string
  readonly subfolder: string
  readonly type: string
  /** What a widget such as LoadImage's takes: `subfolder/name`, with `[output]` or `[temp]` behind it for other folders. */
  readonly widgetValue: string
}

/** Uploads a file as {@link uploadBytes} does. */
export async function uploadFile(http: Http, path: string, folder: UploadFolder): Promise<UploadedFile> {
  return uploadBytes(http, basename(path), await readSource(path), folder)
}

interface UploadFolder {
  readonly type: string
  readonly subfolder: string
  readonly overwrite: boolean
}

/**
 * Uploads by the route that ComfyUI has for all media. The server may rename: the returned name counts.
 * @throws {@link DiscomfortError} `SERVER_INCOMPATIBLE` where the server does not take it
 */
export async function uploadBytes(
  http: Http,
  path: string,
  bytes: Uint8Array,
  folder: UploadFolder,
): Promise<UploadedFile> {
  const form = new FormData()
  form.set('image', new Blob([bytes]), path)
  form.set('type', folder.type)
  form.set('subfolder', folder.subfolder)
  if (folder.overwrite) form.set('overwrite', 'true')
  const response = await request(http, '/upload/image', { method: 'POST', body: form })
  if (!response.ok) {
    const reason = `HTTP ${response.status} ${(await response.text()).slice(0, 200)}`
    throw new DiscomfortError(
      'SERVER_INCOMPATIBLE',
      `ComfyUI at ${http.base} does not take the upload of ${path}: ${reason}. It may be over the server's limit (--max-upload-size).`,
      { details: { url: http.base, reason } },
    )
  }
  const { name, subfolder, type } = (await response.json()) as { name: string; subfolder: string; type: string }
  const place = subfolder ? `${subfolder}/${name}` : name
  return { name, subfolder, type, widgetValue: type === 'input' ? place : `${place} [${type}]` }
}

/** Puts a model file where a managed ComfyUI finds it. */
export async function copyModel(
  path: string,
  models: string,
  folder: { subfolder: string; overwrite: boolean },
): Promise<UploadedFile & { path: string }> {
  await readableSource(path)
  const name = basename(path)
  const target = join(models, folder.subfolder, name)
  await mkdir(join(models, folder.subfolder), { recursive: true })
  if (folder.overwrite) await rm(target, { force: true })
  else if (await stat(target).catch(() => undefined))
    throw new DiscomfortError('EXPORT_EXISTS', `${target} exists already. Pass overwrite: true to replace it.`, {
      details: { path: target },
    })
  await copyFile(path, target)
  return { name, subfolder: folder.subfolder, type: 'models', widgetValue: name, path: target }
}

async function readSource(path: string): Promise<Uint8Array<ArrayBuffer>> {
  await readableSource(path)
  return new Uint8Array(await readFile(path))
}

async function readableSource(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile())
    throw new DiscomfortError('VALUE_NOT_FOUND', `There is no file ${path} to upload.`, {
      details: { key: path, known: [] },
    })
}
