/** How long readers wait for memory before the slowest client is let go. */
const patienceMs = 5_000

/** The answer of one request, as far as it is in memory. */
export interface HeldAnswer {
  bytes: number
  /** What is to be done when the answer is sent, or will never be. */
  readonly done: (() => void)[]
  /** Disconnects the client that does not take it. */
  readonly drop: () => void
}

/**
 * Bounds the record data that wait to be sent, over all connections. Beyond the limit readers wait; when none of the clients
 * takes its answer for {@link patienceMs} meanwhile, the one that has had it longest is disconnected.
 */
export class AnswerMemory {
  readonly #limitBytes: number
  /** Oldest first. */
  readonly #held = new Set<HeldAnswer>()
  #usedBytes = 0
  #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  get isFull(): boolean {
    return this.#usedBytes >= this.#limitBytes
  }

  holds(answer: HeldAnswer): boolean {
    return this.#held.has(answer)
  }

  hold(answer: HeldAnswer, bytes: number): void {
    answer.bytes += bytes
    this.#usedBytes += bytes
    this.#held.add(answer)
    if (bytes < 0) this.#wake()
  }

  release(answer: HeldAnswer): void {
    if (!this.#held.delete(answer)) return
    this.#usedBytes -= answer.bytes
    answer.bytes = 0
    for (const done of answer.done.splice(0)) done()
    this.#stopTimer()
    this.#wake()
  }

  #wake(): void {
    if (!this.isFull) for (const resume of this.#waiting.splice(0)) resume()
    else if (this.#waiting.length > 0) this.#startTimer()
  }

  /** Resolves when there is room, or the client is gone. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.isFull && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          signal.removeEventListener('abort', done)
          resolve()
        }
        signal.addEventListener('abort', done)
        this.#waiting.push(done)
        this.#startTimer()
      })
    }
  }

  #startTimer(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      const [slowest] = this.#held
      slowest?.drop()
    }, patienceMs)
    this.#timer.unref()
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
