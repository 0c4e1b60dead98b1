/** A stretch of a file in memory. It is used until everybody who holds part of it has let go. */
export interface Chunk {
  readonly bytes: Buffer
  /** Somebody else holds part of it. Returns how to let go, once. */
  hold(): () => void
}

/** Chunks that are kept for the next read: with less, memory is fetched from and given back to the system all the time. */
const maxFreeBytes = 83_886_080

/**
 * Chunks of one size that are used again. Reading at some hundred MB/s, making memory anew for every chunk costs as much as
 * sending it (bench/play-asap.ts). A chunk that somebody does not let go of is collected like any other memory.
 */
export class ChunkPool {
  readonly chunkBytes: number
  readonly #free: Buffer[] = []

  constructor(chunkBytes: number) {
    this.chunkBytes = chunkBytes
  }

  get freeCount(): number {
    return this.#free.length
  }

  /** A chunk of at least `bytes`, whose contents do not matter. Held once. */
  take(bytes: number = this.chunkBytes): { readonly chunk: Chunk; readonly release: () => void } {
    const isPooled = bytes <= this.chunkBytes
    const memory =
      (isPooled ? this.#free.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(bytes, this.chunkBytes))
    let holders = 0
    const hold = (): (() => void) => {
      holders++
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        holders--
        if (holders === 0 && isPooled) this.#giveBack(memory)
      }
    }
    return { chunk: { bytes: memory, hold }, release: hold() }
  }

  #giveBack(memory: Buffer): void {
    if ((this.#free.length + 1) * this.chunkBytes <= maxFreeBytes) this.#free.push(memory)
  }
}
