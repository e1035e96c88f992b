import { parseHeaders } from '../../schema/parse-headers.ts'

/** How a server elsewhere is reached, besides its address. */
export interface ReachOptions {
  /** A bearer token for it. It takes the place of a user and password in the address. */
  readonly token?: string | undefined
  /** What goes with each request and with the WebSocket, e.g. `{ 'CF-Access-Client-Id': '…' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A certificate authority to trust besides those of Node: the path of a PEM file, or its text. */
  readonly ca?: string | undefined
  /**
   * A proxy to go through, `http://user:password@host:port`, or `none`. Default: `HTTPS_PROXY` or `HTTP_PROXY`, except for
   * hosts in `NO_PROXY` and this machine.
   */
  readonly proxy?: string | undefined
}

/** These options, with what the environment says where nothing was given. */
export function withEnvironment(options: ReachOptions, env = process.env): ReachOptions {
  return {
    token: options.token ?? env['DISCOMFORT_TOKEN'],
    headers: options.headers ?? parseHeaders(env['DISCOMFORT_HEADERS']),
    ca: options.ca ?? env['DISCOMFORT_CA'],
    proxy: options.proxy ?? env['DISCOMFORT_PROXY'],
  }
}
