import type { MemoryClaim, RequestMemory } from './request-memory.ts'

/** While others wait for its memory, a sender may pause for this long. */
const pausingMs = 5_000
const slowestBytesPerMs = 1_000

export interface ClaimEvents {
  readonly granted: () => void
  readonly drop: () => void
  /** Whether it is our own work that keeps the connection from being read. */
  readonly isBusy: () => boolean
}

/** The memory of the requests of one connection. */
export class RequestClaims {
  readonly #memory: RequestMemory
  readonly #on: ClaimEvents
  /** Of the request that is being read, and the wait for it. */
  #claim: MemoryClaim | null = null
  #waiting: MemoryClaim | null = null
  #beganMs = 0
  #lastBytesMs = 0

  constructor(memory: RequestMemory, on: ClaimEvents) {
    this.#memory = memory
    this.#on = on
  }

  /** Bytes have come. */
  noteBytes(): void {
    this.#lastBytesMs = Date.now()
  }

  /** The connection is read again. */
  resumed(): void {
    this.#beganMs = Date.now()
    this.#lastBytesMs = this.#beganMs
  }

  /** Asks for the memory of the next request; when it is refused, `granted` is called later. */
  reserve(bytes: number): boolean {
    if (this.#claim !== null) return true
    this.resumed()
    const claim: MemoryClaim = {
      bytes,
      resume: () => {
        this.#waiting = null
        this.#claim = claim
        this.noteBytes()
        this.#on.granted()
      },
      isStalled: () => this.#claim === claim && this.#isStalled(bytes),
      drop: this.#on.drop,
    }
    const isGranted = this.#memory.reserve(claim)
    if (isGranted) this.#claim = claim
    else this.#waiting = claim
    return isGranted
  }

  /** A sender that pauses for long, or is slower than 1 MB/s, does not keep others from sending. */
  #isStalled(bytes: number): boolean {
    if (this.#on.isBusy()) return false
    const nowMs = Date.now()
    const isPausing = nowMs - this.#lastBytesMs > pausingMs
    return isPausing || nowMs - this.#beganMs > pausingMs + bytes / slowestBytesPerMs
  }

  /** The request is complete: its memory now belongs to who works on it. */
  handOver(): MemoryClaim | null {
    const claim = this.#claim
    this.#claim = null
    return claim
  }

  release(claim: MemoryClaim | null): void {
    if (claim !== null) this.#memory.release(claim)
  }

  close(): void {
    for (const claim of [this.#claim, this.#waiting]) this.release(claim)
    this.#claim = null
    this.#waiting = null
  }
}
