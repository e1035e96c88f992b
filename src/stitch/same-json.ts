/** Whether two contents are written the same. Whole numbers of any size may be among them. */
export function sameJson(one: unknown, other: unknown): boolean {
  return one === other || text(one) === text(other)
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? ''
}
