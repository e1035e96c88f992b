/** One thing that `discomfort doctor` looked at. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'problem'
  readonly message: string
  /** What to do about it. */
  readonly next?: string
}

export function ok(name: string, message: string): Check {
  return { name, status: 'ok', message }
}

export function warning(name: string, message: string, next?: string): Check {
  return { name, status: 'warning', message, ...(next === undefined ? {} : { next }) }
}

export function problem(name: string, message: string, next?: string): Check {
  return { name, status: 'problem', message, ...(next === undefined ? {} : { next }) }
}
