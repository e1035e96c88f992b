import { randomUUID } from 'node:crypto'
import { access, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import type { Http } from '../http/http.ts'
import { copyModel, uploadFile, type UploadedFile, type UploadOptions } from './upload.ts'

/** What was uploaded through one connector, and what of it goes when the server stops. */
export interface Uploads {
  upload(path: string, options: UploadOptions): Promise<UploadedFile>
  /** Deletes the ephemeral files. Never fails. */
  removeEphemeral(): Promise<void>
}

/** `folder` gives the folders of a server that we started; without it the server is somebody else's. */
export function createUploads(
  http: Http,
  folder: ((type: 'input' | 'output' | 'models') => string) | undefined,
): Uploads {
  const ephemeral = new Set<string>()
  const ownSubfolder = `discomfort/${randomUUID().slice(0, 8)}`

  async function uploadModel(path: string, options: UploadOptions): Promise<[UploadedFile, string]> {
    if (!folder) throw cannot('folderType', 'models can only be put into a ComfyUI that we start')
    if (!options.subfolder) throw cannot('subfolder', "models need a subfolder such as 'loras'")
    const target = { subfolder: options.subfolder, overwrite: options.overwrite ?? false }
    const model = await copyModel(path, folder('models'), target)
    return [model, model.path]
  }

  return {
    async upload(path, options) {
      const type = options.folderType ?? 'input'
      const isEphemeral = options.isEphemeral ?? folder !== undefined
      if (isEphemeral && !folder) {
        throw cannot('isEphemeral', 'a server that we did not start keeps what is uploaded: leave isEphemeral out')
      }
      const subfolder = options.subfolder ?? ownSubfolder
      const target = folder && type !== 'temp' ? join(folder(type), subfolder, basename(path)) : undefined
      // What replaces a file of the user stays: deleting it would leave them with neither.
      const replaces = target !== undefined && options.overwrite === true && (await exists(target))
      if (type === 'models') {
        const [model, place] = await uploadModel(path, options)
        if (isEphemeral && !replaces) ephemeral.add(place)
        return model
      }
      const file = await uploadFile(http, path, { type, subfolder, overwrite: options.overwrite ?? false })
      if (isEphemeral && !replaces && folder && type !== 'temp')
        ephemeral.add(join(folder(type), file.subfolder, file.name))
      return file
    },
    async removeEphemeral() {
      for (const path of ephemeral) await rm(path, { force: true }).catch(() => undefined)
      if (!folder || ephemeral.size === 0) return
      const own = ['input', 'output'].map((type) => join(folder(type as 'input'), ownSubfolder))
      for (const place of own) await rm(place, { recursive: true, force: true }).catch(() => undefined)
    },
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function cannot(key: string, reason: string): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError('CONFIG_INVALID', `uploadData: ${reason}.`, { details: { key, reason } })
}
