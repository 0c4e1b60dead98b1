/** How late messages went out: mean, largest and percentiles, in steps of 0.1 ms up to 10 s. Memory does not grow. */
export class Lateness {
  readonly #buckets = new Uint32Array(100_001)
  #count = 0
  #sumMs = 0
  #maxMs = 0
  #window = { count: 0, sumMs: 0, maxMs: 0 }

  add(lateMs: number, count: number): void {
    const late = Math.max(0, lateMs)
    const bucket = Math.min(100_000, Math.floor(late * 10))
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + count
    this.#count += count
    this.#sumMs += late * count
    this.#maxMs = Math.max(this.#maxMs, late)
    this.#window.count += count
    this.#window.sumMs += late * count
    this.#window.maxMs = Math.max(this.#window.maxMs, late)
  }

  /** Since the last call. */
  takeWindow(): { readonly meanMs: number; readonly maxMs: number } {
    const { count, sumMs, maxMs } = this.#window
    this.#window = { count: 0, sumMs: 0, maxMs: 0 }
    return { meanMs: count === 0 ? 0 : sumMs / count, maxMs }
  }

  summary(): {
    readonly meanMs: number
    readonly p50Ms: number
    readonly p99Ms: number
    readonly maxMs: number
  } {
    const percentile = (share: number): number => {
      let rest = this.#count * share
      for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
        rest -= this.#buckets[bucket] ?? 0
        if (rest <= 0) return bucket / 10
      }
      return this.#maxMs
    }
    return {
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50Ms: percentile(0.5),
      p99Ms: percentile(0.99),
      maxMs: this.#maxMs,
    }
  }
}
