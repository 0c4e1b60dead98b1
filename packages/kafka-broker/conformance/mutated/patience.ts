const tickMs = 200

interface Wait {
  dueTick: number
  readonly expire: () => void
}

/**
 * Timeouts in turns of a timer instead of milliseconds: while other processes keep this one from running nothing expires, so
 * that what expires has really had the time that it was given.
 */
export class Patience {
  readonly #ticks: number
  readonly #waits = new Set<Wait>()
  readonly #timer: NodeJS.Timeout
  #tick = 0

  constructor(milliseconds: number) {
    this.#ticks = Math.ceil(milliseconds / tickMs)
    this.#timer = setInterval(() => this.#onTick(), tickMs)
  }

  start(expire: () => void): Wait {
    const wait = { dueTick: this.#tick + this.#ticks, expire }
    this.#waits.add(wait)
    return wait
  }

  refresh(wait: Wait): void {
    wait.dueTick = this.#tick + this.#ticks
  }

  stop(wait: Wait): void {
    this.#waits.delete(wait)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #onTick(): void {
    this.#tick++
    for (const wait of this.#waits) {
      if (wait.dueTick > this.#tick) continue
      this.#waits.delete(wait)
      wait.expire()
    }
  }
}
