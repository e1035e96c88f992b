/** What was measured of two ways that ran in turn. */
export interface Comparison {
  /** The median of one way's time divided by the other's, pair by pair. */
  readonly ratio: number
  /** A 95 % interval of that median, by resampling the pairs. */
  readonly interval: readonly [low: number, high: number]
  readonly medians: readonly [one: number, other: number]
  /** Node's CPU time a run, in milliseconds. */
  readonly cpu: readonly [one: number, other: number]
}

/** Runs two ways in turn, `rounds` times each; who goes first alternates, so that a drifting machine favours neither. */
export async function comparePaired(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  rounds: number,
): Promise<Comparison> {
  const times: [number, number][] = []
  const cpu: [number, number] = [0, 0]
  for (let round = 0; round < rounds; round += 1) {
    const pair: [number, number] = [0, 0]
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const cpuBefore = process.cpuUsage()
      const begun = performance.now()
      await (which === 0 ? one : other)()
      pair[which] = performance.now() - begun
      const used = process.cpuUsage(cpuBefore)
      cpu[which] += (used.user + used.system) / 1000 / rounds
    }
    times.push(pair)
  }
  const ratios = times.map(([first, second]) => first / second)
  return {
    ratio: median(ratios),
    interval: resampled(ratios),
    medians: [median(times.map(([first]) => first)), median(times.map(([, second]) => second))],
    cpu,
  }
}

/** A comparison in one line. */
export function describe({ ratio, interval, medians, cpu }: Comparison): string {
  return `ratio ${ratio.toFixed(3)} (95 %: ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}), medians ${medians[0].toFixed(2)} and ${medians[1].toFixed(2)} ms, CPU ${cpu[0].toFixed(2)} and ${cpu[1].toFixed(2)} ms a run`
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

function resampled(values: readonly number[]): [number, number] {
  const medians = Array.from({ length: 1000 }, () =>
    median(values.map(() => values[Math.floor(Math.random() * values.length)] as number)),
  )
  const sorted = medians.sort((one, other) => one - other)
  return [sorted[25] as number, sorted[974] as number]
}
