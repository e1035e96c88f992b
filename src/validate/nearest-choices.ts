import { distance } from 'fastest-levenshtein'
import { isNumeric } from './same-value.ts'

const shown = 3
const comparedCharacters = 120
/** Beyond that many questions the answers would cost more than they help. */
const maxQuestions = 200
const maxChoices = 5_000

/** Gives the choices that come nearest to a value. */
export type Nearest = (value: unknown, choices: readonly unknown[]) => readonly unknown[]

/** Makes the finder of one validation: questions that come again are answered once, and there is an end to them. */
export function nearestChoices(): Nearest {
  const known = new Map<readonly unknown[], Map<unknown, readonly unknown[]>>()
  let asked = 0
  return (value, choices) => {
    const answers = known.get(choices) ?? new Map<unknown, readonly unknown[]>()
    known.set(choices, answers)
    const answer = answers.get(value)
    if (answer) return answer
    asked += 1
    const found = asked > maxQuestions ? choices.slice(0, shown) : rank(textOf(value), choices)
    answers.set(value, found)
    return found
  }
}

/** A file of the same name in another folder comes first. */
function rank(wanted: string, choices: readonly unknown[]): readonly unknown[] {
  return choices
    .slice(0, maxChoices)
    .map((choice) => {
      const text = textOf(choice)
      const isSame = fileName(text) === fileName(wanted) && wanted !== ''
      return { choice, far: isSame ? -1 : distance(text, wanted) }
    })
    .sort((one, other) => one.far - other.far)
    .slice(0, shown)
    .map(({ choice }) => choice)
}

function fileName(text: string): string {
  return text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1)
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : isNumeric(value) ? String(value) : ''
  return text.slice(-comparedCharacters).toLowerCase()
}
