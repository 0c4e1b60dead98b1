import type { PlayTime } from '../src/play/play-time.ts'

/**
 * A clock that jumps: whoever waits is woken at once, and that much time has passed. Events happen at the moments given,
 * between the waits. What the broker takes does not count.
 */
export class MadeUpTime implements PlayTime {
  #nowMs = 1_000_000
  readonly #startMs = this.#nowMs
  readonly #events: { readonly atMs: number; readonly happen: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  /** Since the beginning. */
  get elapsedMs(): number {
    return this.#nowMs - this.#startMs
  }

  at(elapsedMs: number, happen: () => void): void {
    this.#events.push({ atMs: this.#startMs + elapsedMs, happen })
    this.#events.sort((a, b) => a.atMs - b.atMs)
  }

  after(ms: number, done: () => void): () => void {
    const untilMs = this.#nowMs + ms
    let isCancelled = false
    const step = (): void => {
      if (isCancelled) return
      const [event] = this.#events
      if (event === undefined || event.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs)
        return done()
      }
      this.#events.shift()
      this.#nowMs = Math.max(this.#nowMs, event.atMs)
      setImmediate(step)
      event.happen()
    }
    setImmediate(step)
    return () => (isCancelled = true)
  }
}
