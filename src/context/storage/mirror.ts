/** A place elsewhere, such as a server on another machine, that holds copies of values of a context. */
export interface Mirror {
  /** A version is gone here, and is not needed there any more. Never fails. */
  release(id: string): void
  /** The context is closed here. Never fails, and does not take long. */
  close(): Promise<void>
}

/** The file of a version, as it is sent to a mirror. */
export interface OutgoingFile {
  readonly id: string
  readonly bytes: number
  /** The checksum of all its bytes. */
  readonly digest: string
  /** @throws {@link DiscomfortError} `VALUE_GONE`, `VALUE_CORRUPT` */
  read(offset: number, length: number): Promise<Uint8Array>
}
