import type { MemoryClaim, RequestMemory } from './request-memory.ts'

/** While others wait for its memory, a sender may pause for this long. */
const pausingMs = 5_000
const slowestBytesPerMs = 1_000

/** The memory of the requests of one connection. */
export class RequestClaims {
  readonly #memory: RequestMemory
  readonly #onGranted: () => void
  readonly #drop: () => void
  /** Of the request that is being read, and the wait for it. */
  #claim: MemoryClaim | null = null
  #waiting: MemoryClaim | null = null
  #lastBytesMs = 0

  constructor(memory: RequestMemory, on: { readonly granted: () => void; readonly drop: () => void }) {
    this.#memory = memory
    this.#onGranted = on.granted
    this.#drop = on.drop
  }

  /** Bytes have come. */
  noteBytes(): void {
    this.#lastBytesMs = Date.now()
  }

  /** Asks for the memory of the next request; when it is refused, `granted` is called later. */
  reserve(bytes: number): boolean {
    if (this.#claim !== null) return true
    const beganMs = Date.now()
    this.#lastBytesMs = beganMs
    const claim: MemoryClaim = {
      bytes,
      resume: () => {
        this.#waiting = null
        this.#claim = claim
        this.noteBytes()
        this.#onGranted()
      },
      isStalled: () => this.#claim === claim && this.#isStalled(bytes, beganMs),
      drop: this.#drop,
    }
    const isGranted = this.#memory.reserve(claim)
    if (isGranted) this.#claim = claim
    else this.#waiting = claim
    return isGranted
  }

  /** A sender that pauses for long, or is slower than 1 MB/s, does not keep others from sending. */
  #isStalled(bytes: number, beganMs: number): boolean {
    const nowMs = Date.now()
    const isPausing = nowMs - this.#lastBytesMs > pausingMs
    return isPausing || nowMs - beganMs > pausingMs + bytes / slowestBytesPerMs
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
