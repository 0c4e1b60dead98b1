/** A run of times without a long gap. */
export interface TimeGroup {
  readonly earliestNs: bigint
  readonly latestNs: bigint
  readonly size: number
}

/** The largest group of different times when they are split at gaps longer than `gapNs`; of equal ones the later. */
export function largestGroup(times: readonly bigint[], gapNs: bigint): TimeGroup | null {
  const sorted = [...new Set(times)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  let best: TimeGroup | null = null
  let start = 0
  sorted.forEach((time, at) => {
    const next = sorted[at + 1]
    if (next !== undefined && next - time <= gapNs) return
    const size = at + 1 - start
    if (best === null || size >= best.size) best = { earliestNs: sorted[start] ?? time, latestNs: time, size }
    start = at + 1
  })
  return best
}
