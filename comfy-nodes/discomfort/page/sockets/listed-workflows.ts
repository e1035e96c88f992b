/** `value: path`. A drive of Windows (`C:\…`) is no value. */
const line = /^(?![A-Za-z]:[\\/])[^:]*?\s*:\s*(\S.*)$/

/** The workflows of a switch: each line is `value: path`, `else: path`, or a path alone. */
export function listedWorkflows(text: string): string[] {
  const lines = text.split('\n').map((one) => one.trim())
  return [...new Set(lines.filter((one) => one !== '').map((one) => line.exec(one)?.[1] ?? one))]
}
