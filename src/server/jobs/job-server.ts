import type { Http } from '../http/http.ts'
import type { ServerSocket } from './socket.ts'
import type { JobWatch } from './watch-job.ts'

/** What jobs need of the server that they run on. */
export interface JobServer {
  readonly http: Http
  readonly socket: ServerSocket
  /** The jobs that are followed now. */
  readonly watches: Set<JobWatch>
  /** Whether the pack is there and answers questions about jobs. */
  hasJobRoutes: boolean
  /** Its thread that executes prompts has died: ends all watches with an error that says so. */
  isUseless(): void
  /** It has not answered for so long that a job was given up. */
  isSilent(): void
}
