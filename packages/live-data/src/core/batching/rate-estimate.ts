/** Rate of a stream from the times of its messages. */
export interface RateEstimate {
  add(timeNs: bigint): void
  /** Hz, or null before there are enough times. */
  hz(): number | null
}

const keptDifferences = 32
const neededDifferences = 4

/**
 * Median of the last positive differences, after each was divided by its nearest multiple of a first median, so that
 * missing messages do not count; snapped to whole Hz when that is near.
 */
export function rateEstimate(): RateEstimate {
  const differences: number[] = []
  let latest: bigint | null = null
  let known: number | null = null
  return {
    add(timeNs) {
      if (latest !== null && timeNs > latest) {
        differences.push(Number(timeNs - latest))
        if (differences.length > keptDifferences) differences.shift()
        known = null
      }
      if (latest === null || timeNs > latest) latest = timeNs
    },
    hz() {
      if (differences.length < neededDifferences) return null
      return (known ??= estimate(differences))
    },
  }
}

function estimate(differences: readonly number[]): number {
  const seed = median(differences)
  const period = median(differences.map((each) => each / Math.max(1, Math.round(each / seed))))
  const hz = 1e9 / period
  const whole = Math.round(hz)
  return whole > 0 && Math.abs(hz - whole) <= Math.max(0.1 * hz, 0.1) ? whole : hz
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
