/** Median and 99th percentile, rounded to two digits after the point. */
export function quantiles(samples: readonly number[]): { readonly median: number; readonly p99: number } {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (q: number): number =>
    Math.round((sorted[Math.min(Math.floor(q * sorted.length), sorted.length - 1)] ?? 0) * 100) / 100
  return { median: at(0.5), p99: at(0.99) }
}
