/** Work may go on for this long before others have their turn. */
const turnMs = 8

/** Lets a process that serves others do so while many messages are looked at: to be awaited after each of them. */
export class Breather {
  #sinceMs = performance.now()

  async breathe(): Promise<void> {
    if (performance.now() - this.#sinceMs < turnMs) return
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#sinceMs = performance.now()
  }
}
