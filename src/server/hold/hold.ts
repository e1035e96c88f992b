import type { DiscomfortError } from '../../errors.ts'
import type { Handshake } from '../../schema/handshake.ts'
import type { Http } from '../http/http.ts'
import type { FolderType } from '../launch/server-folders.ts'

/** How a server is: `restarting` after a crash, `failed` where it is not started again. */
export type HoldState = 'ready' | 'restarting' | 'stopped' | 'failed'

/** Who has to know when the server goes and comes back. */
export interface HoldListener {
  /** It is gone, or of no use any more: what ran on it is lost. */
  down(error: DiscomfortError): void
  /** It is there again, perhaps at another address: another process, with empty queue and history. */
  up(): void
  /** It is not started again. */
  gone(): void
}

/** The ComfyUI behind a connector: started by us, or somebody else's. */
export interface Hold {
  readonly http: Http
  /** What the pack says; undefined where the server has none. */
  readonly handshake: Handshake | undefined
  readonly state: HoldState
  /** Whether it was started for us and stops with us. */
  readonly isOurs: boolean
  /** The process and log of a server that we started. */
  readonly pid: number | undefined
  readonly logFile: string | undefined
  /** A folder of a server whose folders are known. */
  readonly folder: ((type: FolderType) => string) | undefined
  listen(listener: HoldListener): void
  /**
   * Resolves when the server takes jobs: at once where nothing speaks against it. With `doubt`, because it did not answer,
   * it is asked until it does, for a minute.
   * @throws {@link DiscomfortError} `SERVER_CRASHED` where it is not started again, `SERVER_UNREACHABLE`, `CLOSED`
   */
  ready(options?: { readonly signal?: AbortSignal | undefined; readonly doubt?: boolean | undefined }): Promise<void>
  /** A job has succeeded on it: its crashes so far are no row of failures. */
  proved(): void
  /** What lies behind an error of a job: that a server does not answer may mean that it has just ended. */
  explain(failure: unknown): Promise<unknown>
  /** It answers, but its thread that executes prompts has died. */
  isUseless(): void
  /** It does not answer: one of ours that lives is stopped and started again. */
  isSilent(): void
  /** Stops it if it is ours to stop. Never throws. */
  stop(): Promise<void>
}
