const comments = /\/\*[\s\S]*?\*\/|\/\/.*/g

/** A prompt without its comments. */
export function stripComments(source: string): string {
  return source.replace(comments, '')
}

/**
 * Takes comments out of a prompt and picks one of the choices in each pair of braces. Braces nest; `\{`, `\|` and `\}`
 * stand for the signs themselves; braces that are never closed end with the text. `picked` tells whether there was a choice.
 */
export function pickDynamicPrompt(source: string, random: () => number): { text: string; picked: boolean } {
  const input = stripComments(source)
  if (!/[{\\]/.test(input)) return { text: input, picked: false }
  let at = 0
  let picked = false

  const readChoices = (): string => {
    const choices = ['']
    while (at < input.length) {
      const sign = input[at] ?? ''
      if (sign === '}') {
        at += 1
        break
      }
      if (sign === '|') {
        at += 1
        choices.push('')
      } else choices[choices.length - 1] += readPiece()
    }
    if (choices.length > 1) picked = true
    return choices[Math.floor(random() * choices.length)] ?? ''
  }

  const readPiece = (): string => {
    const sign = input[at] ?? ''
    const next = input[at + 1] ?? ''
    at += 1
    if (sign === '{') return readChoices()
    if (sign === '\\' && (next === '{' || next === '}' || next === '|')) {
      at += 1
      return next
    }
    return sign
  }

  let text = ''
  while (at < input.length) text += readPiece()
  return { text, picked }
}
