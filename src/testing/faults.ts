/**
 * What goes wrong on a fake ComfyUI. All of it is off by default, and each may be changed at any moment: what is set holds
 * from the next request, message or socket on.
 *
 * @example
 * await using server = await fakeComfyUI({ faults: { loseAnswers: 1 } })
 * server.faults.sockets = 'mute'
 */
export interface FakeFaults {
  /** So many of the next submits never arrive: the connection ends before the server has read them. */
  loseSubmits?: number | undefined
  /** So many of the next answers to submits are lost, although the prompt was taken. */
  loseAnswers?: number | undefined
  /** Each answer over HTTP waits so long, in milliseconds. */
  delayAnswers?: number | undefined
  /** Each HTTP request arrives twice, as from a proxy that repeats it; the second answer counts. */
  repeatRequests?: boolean | undefined
  /** Each HTTP answer is written twice onto its connection. */
  repeatAnswers?: boolean | undefined
  /** HTTP requests are taken and none is answered. Sockets go on. */
  silent?: boolean | undefined
  /** WebSockets are `refused`, `closed` as soon as they are open, or `mute`: open, and nothing is ever said on them. */
  sockets?: 'refused' | 'closed' | 'mute' | undefined
  /** Messages of these types are never sent, e.g. `['executed', 'execution_success']`. */
  withhold?: readonly string[] | undefined
  /** Each message on a socket waits so long, in milliseconds. */
  delayMessages?: number | undefined
  /** Taken prompts are answered by 200 with these `node_errors`, and run all the same. */
  nodeErrors?: unknown
  /** Refusals have the form of old releases: `error` is a text, `node_errors` a list. */
  oldRefusals?: boolean | undefined
  /** History has an entry only so long after the end, in milliseconds; till then the job counts as running. */
  lateHistory?: number | undefined
  /** History never has an entry. */
  emptyHistory?: boolean | undefined
  /** Entries in history have no status. */
  nullStatus?: boolean | undefined
  /** So many of the next cancels are acknowledged and do nothing. */
  loseCancels?: number | undefined
}

/** Whether one more of those that are counted is due. */
export function isDue(faults: FakeFaults, name: 'loseSubmits' | 'loseAnswers' | 'loseCancels'): boolean {
  const left = faults[name] ?? 0
  if (left > 0) faults[name] = left - 1
  return left > 0
}
