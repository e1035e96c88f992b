/** Numbers that come again with the same seed. */
export interface Random {
  /** From 0 to below `limit`, whole. */
  below(limit: number): number
  pick<T>(list: readonly T[]): T
}

/** A small generator (mulberry32): the tests need repeatable numbers, not good ones. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)] as T }
}
