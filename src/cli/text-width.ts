const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}]/u

/** Cuts text to a number of terminal columns: a line that wraps could not be redrawn in place. */
export function fitWidth(text: string, columns: number): string {
  let used = 0
  let fitting = ''
  for (const character of text) {
    used += wide.test(character) ? 2 : 1
    if (used > columns) return fitting
    fitting += character
  }
  return fitting
}
