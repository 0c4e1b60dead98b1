/** How the messages of a recording are spread over its time: counts in fine, equal stretches. */
export class TimeProfile {
  readonly firstMs: number
  readonly lastMs: number
  readonly #counts: Float64Array
  readonly #widthMs: number

  constructor(firstMs: number, lastMs: number, stretches = 3_600) {
    this.firstMs = firstMs
    this.lastMs = lastMs
    this.#counts = new Float64Array(stretches)
    this.#widthMs = Math.max(1, lastMs - firstMs) / stretches
  }

  /** So many messages between two times, evenly. */
  add(fromMs: number, toMs: number, count: number): void {
    const [from, to] = [this.#stretchOf(fromMs), this.#stretchOf(toMs)]
    for (let at = from; at <= to; at++) this.#counts[at] = (this.#counts[at] ?? 0) + count / (to - from + 1)
  }

  #stretchOf(timeMs: number): number {
    const at = Math.floor((timeMs - this.firstMs) / this.#widthMs)
    return Math.min(this.#counts.length - 1, Math.max(0, at))
  }

  /** Messages per second in so many equal stretches; a divisor of the fine ones. */
  rates(stretches: number): number[] {
    const each = Math.max(1, Math.floor(this.#counts.length / stretches))
    return Array.from({ length: stretches }, (_, index) => {
      const part = this.#counts.subarray(index * each, (index + 1) * each)
      return (part.reduce((sum, count) => sum + count, 0) * 1_000) / (this.#widthMs * each)
    })
  }

  /** Share of the messages that are before each of the times (rising), 0 to 100. */
  sharesBefore(timesMs: readonly number[]): number[] {
    const total = this.#counts.reduce((sum, count) => sum + count, 0)
    let [at, before] = [0, 0]
    return timesMs.map((timeMs) => {
      const stretch = this.#stretchOf(timeMs)
      for (; at < stretch; at++) before += this.#counts[at] ?? 0
      const within = Math.min(1, Math.max(0, (timeMs - this.firstMs) / this.#widthMs - stretch))
      const share = before + (this.#counts[stretch] ?? 0) * within
      return total === 0 ? 0 : Math.min(100, (share * 100) / total)
    })
  }

  /** Times without any message, at least so long. */
  gaps(minMs: number): { readonly fromMs: number; readonly durationMs: number }[] {
    const found: { fromMs: number; durationMs: number }[] = []
    let begin = -1
    for (let at = 0; at <= this.#counts.length; at++) {
      const isEmpty = this.#counts[at] === 0
      if (isEmpty && begin < 0) begin = at
      if (isEmpty || begin < 0) continue
      const durationMs = (at - begin) * this.#widthMs
      if (durationMs >= minMs) found.push({ fromMs: this.firstMs + begin * this.#widthMs, durationMs })
      begin = -1
    }
    return found
  }
}
