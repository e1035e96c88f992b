/** The server whose page is asked. */
export interface FrontendServer {
  /** Its address, without a slash at its end. */
  readonly base: string
  /** What goes with every request: the token. */
  readonly headers: Readonly<Record<string, string>>
}

/** How the page is asked. */
export interface FrontendOptions {
  /** The name of the workflow in messages. */
  readonly source: string
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly timeout: number
}
