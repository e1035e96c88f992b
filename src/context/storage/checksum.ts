import { crc32 } from 'node:zlib'
import { corruptValue } from '../../values/corrupt-value.ts'
import { readChunks } from './read-chunks.ts'

/** The sum over all bytes of a file, as receipts tell it (`digest`): `crc32:` and eight hexadecimal digits. */
export class Checksum {
  #sum = 0

  add(bytes: Uint8Array): void {
    this.#sum = crc32(bytes, this.#sum)
  }

  get text(): string {
    return `crc32:${this.#sum.toString(16).padStart(8, '0')}`
  }
}

/**
 * The checksum of a whole file.
 * @throws {@link DiscomfortError} `VALUE_GONE`
 */
export async function checksumOf(path: string, id: string): Promise<string> {
  const sum = new Checksum()
  for await (const chunk of readChunks(path, id)) sum.add(chunk)
  return sum.text
}

/** @throws {@link DiscomfortError} `VALUE_CORRUPT` where a checksum is not the one that was told */
export function checkDigest(found: string, id: string, digest: string): void {
  if (found !== digest) throw corruptValue(id, `its bytes have the checksum ${found} and not ${digest}`)
}
