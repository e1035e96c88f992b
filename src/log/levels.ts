/** The levels of the log, the most talkative first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const
