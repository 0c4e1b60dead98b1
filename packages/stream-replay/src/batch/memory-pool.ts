/** Memory that is somebody's until it is released. */
export interface PooledMemory {
  /** Exactly as long as asked for; the contents do not matter. */
  readonly bytes: Buffer
  /** May be called again, to no effect. */
  readonly release: () => void
}

/** Below it the runtime's own pool is as good. */
const smallestBytes = 4_096

/**
 * Buffers that are used again, in sizes of powers of two up to `largestBytes`. Memory that is made anew for every batch makes the
 * collector stop the player five times a second at 22 MB/s (bench/schedule.ts). What nobody releases is collected as usual.
 */
export class MemoryPool {
  readonly #largestBytes: number
  readonly #maxFreeBytes: number
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0

  constructor(limits: { readonly largestBytes: number; readonly maxFreeBytes: number }) {
    this.#largestBytes = limits.largestBytes
    this.#maxFreeBytes = limits.maxFreeBytes
  }

  /** Bytes that wait to be used again; at most `maxFreeBytes`. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  take(length: number): PooledMemory {
    if (length > this.#largestBytes)
      return { bytes: Buffer.allocUnsafeSlow(length), release: () => undefined }
    if (length < smallestBytes) return { bytes: Buffer.allocUnsafe(length), release: () => undefined }
    const size = 2 ** Math.ceil(Math.log2(length))
    const memory = this.#reused(size) ?? Buffer.allocUnsafeSlow(size)
    let isHeld = true
    const release = (): void => {
      if (!isHeld) return
      isHeld = false
      this.#giveBack(memory)
    }
    return { bytes: length === size ? memory : memory.subarray(0, length), release }
  }

  #reused(size: number): Buffer | undefined {
    const memory = this.#free.get(size)?.pop()
    if (memory !== undefined) this.#freeBytes -= size
    return memory
  }

  #giveBack(memory: Buffer): void {
    if (this.#freeBytes + memory.length > this.#maxFreeBytes) return
    const free = this.#free.get(memory.length)
    if (free === undefined) this.#free.set(memory.length, [memory])
    else free.push(memory)
    this.#freeBytes += memory.length
  }
}
