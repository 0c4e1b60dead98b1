/** The event loop accepts one connection a turn: turns have to be short for TCP to have its share. */
const perTurn = 8

/** Work in turns of the event loop, a few pieces each, in order. */
export class Turns {
  #queue: (() => void)[] = []
  #next = 0
  #isScheduled = false

  add(work: () => void): void {
    this.#queue.push(work)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#run())
  }

  #run(): void {
    this.#isScheduled = false
    const end = Math.min(this.#queue.length, this.#next + perTurn)
    while (this.#next < end) this.#queue[this.#next++]?.()
    if (this.#next === this.#queue.length) {
      this.#queue = []
      this.#next = 0
    } else if (this.#next > 10_000) {
      this.#queue = this.#queue.slice(this.#next)
      this.#next = 0
    }
    if (this.#queue.length > 0) this.#schedule()
  }
}
