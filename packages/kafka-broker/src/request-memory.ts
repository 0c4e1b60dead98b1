/** A request that is being read, or worked on. */
export interface MemoryClaim {
  readonly bytes: number
  /** Called once when memory is there for one that had to wait. */
  readonly resume: () => void
  /** Whether the client keeps others waiting: it has begun the request and does not go on with it. */
  readonly isStalled: () => boolean
  /** Disconnects the client. */
  readonly drop: () => void
}

/** Heartbeats, metadata and the like; they do not queue behind large batches. */
const smallBytes = 65_536
/** Share of the limit that small requests have for themselves. */
const smallShare = 0.25
const checkMs = 1_000

/** Requests of one kind: those that have memory, and those that wait in order. */
class Lane {
  readonly #limitBytes: number
  readonly #holders = new Set<MemoryClaim>()
  #waiting: MemoryClaim[] = []
  usedBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  reserve(claim: MemoryClaim): boolean {
    if (this.hasWaiting || !this.#fits(claim)) {
      this.#waiting.push(claim)
      return false
    }
    this.#take(claim)
    return true
  }

  /** A request above the limit goes alone. */
  #fits({ bytes }: MemoryClaim): boolean {
    return this.usedBytes === 0 || this.usedBytes + bytes <= this.#limitBytes
  }

  #take(claim: MemoryClaim): void {
    this.#holders.add(claim)
    this.usedBytes += claim.bytes
  }

  release(claim: MemoryClaim): void {
    if (this.#holders.delete(claim)) this.usedBytes -= claim.bytes
    else this.#waiting = this.#waiting.filter((one) => one !== claim)
    for (;;) {
      const [next] = this.#waiting
      if (next === undefined || !this.#fits(next)) return
      this.#waiting.shift()
      // Taken for it already, so that nobody overtakes it.
      this.#take(next)
      next.resume()
    }
  }

  dropStalled(): void {
    if (this.hasWaiting) for (const claim of this.#holders) if (claim.isStalled()) claim.drop()
  }
}

/**
 * Bounds the requests that are in memory at once, over all connections. Who is refused is called back in order. Small requests
 * have a share of their own, and a client that begins a request and does not send it loses its place to those that wait.
 */
export class RequestMemory {
  readonly #small: Lane
  readonly #large: Lane
  #timer: NodeJS.Timeout | null = null

  constructor(limitBytes: number) {
    this.#small = new Lane(Math.max(smallBytes, smallShare * limitBytes))
    this.#large = new Lane((1 - smallShare) * limitBytes)
  }

  get usedBytes(): number {
    return this.#small.usedBytes + this.#large.usedBytes
  }

  #laneOf({ bytes }: MemoryClaim): Lane {
    return bytes > smallBytes ? this.#large : this.#small
  }

  /** Takes the bytes, or refuses and calls `resume` when they are taken. */
  reserve(claim: MemoryClaim): boolean {
    const isGranted = this.#laneOf(claim).reserve(claim)
    if (!isGranted) this.#watch()
    return isGranted
  }

  /** Gives the bytes back, or ends the wait for them. */
  release(claim: MemoryClaim): void {
    this.#laneOf(claim).release(claim)
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      for (const lane of [this.#small, this.#large]) lane.dropStalled()
      if (this.#small.hasWaiting || this.#large.hasWaiting) this.#watch()
    }, checkMs)
    this.#timer.unref()
  }
}
