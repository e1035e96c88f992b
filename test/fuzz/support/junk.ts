import type { Random } from '../../support/random.ts'

/** Stands for a number that JSON text can hold and a JavaScript value cannot. */
const marks: Readonly<Record<string, string>> = {
  '@huge': '1e999',
  '@minus': '-1e999',
  '@nan': 'NaN',
  '@infinity': 'Infinity',
  '@integer': '123456789012345678901234567890',
  '@zero': '-0.0',
  '@digits': `1${'0'.repeat(400)}`,
}

/** A value of any type but the right one. */
export function junk(random: Random): unknown {
  return random.pick<() => unknown>([
    () => null,
    () => true,
    () => random.pick([0, -1, 1.5, 2 ** 53, -1e308, 1e-320, 7, 3]),
    () => random.pick(Object.keys(marks)),
    () =>
      random.pick([
        '',
        ' ',
        'text',
        '\ud800',
        'a\udfff',
        '\u0000',
        '__proto__',
        '12',
        '1e5',
        '%date:yyyy%',
        '{a|{b|c}',
        '{'.repeat(300),
        '/*',
        'x'.repeat(2000),
        '%a.b%'.repeat(50),
      ]),
    () => [],
    () => ({}),
    () => ['1', 0],
    () => [[[1]]],
    () => ({ __value__: ['a'] }),
    () => ({ name: 'x', link: 3, widget: null }),
    () => ({ link: 1, widget: { name: 7 } }),
    () => [1, 1, 0, 2, 0, '*'],
    () =>
      Object.fromEntries([
        ['__proto__', { polluted: true }],
        ['constructor', { prototype: { polluted: true } }],
      ]),
  ])()
}

/** The document as JSON text, with the marks as what they stand for. Deep data is written without recursion of ours. */
export function markedText(document: unknown): string {
  let text: string
  try {
    text = JSON.stringify(document) ?? ''
  } catch {
    text = `${'['.repeat(50_000)}1${']'.repeat(50_000)}`
  }
  return text.replaceAll(/"(@[a-z]+)"/g, (quoted, mark: string) => marks[mark] ?? quoted)
}
