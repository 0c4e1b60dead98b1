/* Memory of large requests, used again: a new buffer for each costs page faults and collections. A buffer has owners: the
 * request until it is answered, the tail cache, each answer under way that refers to it. When the last one lets go it is
 * free. Who keeps bytes without saying so has to `abandon` them. Covered by bench/produce-1k.ts. */

/** Smaller ones are cheap to make and to collect. */
const smallestBytes = 65_537
/** Larger ones are rare, and would hold much memory for the next. */
const largestBytes = 4_194_304
/** Sizes are rounded up to a quarter of the power of two below them, so that requests of similar sizes share buffers. */
const stepsPerDoubling = 4

interface Lease {
  owners: number
}

export interface FramePoolOptions {
  /** Memory whose contents do not matter. */
  readonly allocate: (bytes: number) => Uint8Array
  /** Free memory beyond it goes to the collector. */
  readonly maxFreeBytes: number
}

export class FramePool {
  readonly #options: FramePoolOptions
  readonly #free = new Map<number, Uint8Array[]>()
  readonly #leases = new WeakMap<ArrayBufferLike, Lease>()
  #freeBytes = 0

  constructor(options: FramePoolOptions) {
    this.#options = options
  }

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** A buffer with one owner; small and very large ones are not shared, and owning them has no effect. */
  take(bytes: number): Uint8Array {
    if (bytes < smallestBytes || bytes > largestBytes) return this.#options.allocate(bytes)
    const sizeBytes = roundedUp(bytes)
    const kept = this.#free.get(sizeBytes)?.pop()
    if (kept !== undefined) this.#freeBytes -= sizeBytes
    const whole = kept ?? this.#options.allocate(sizeBytes)
    this.#leases.set(whole.buffer, { owners: 1 })
    return whole.subarray(0, bytes)
  }

  /** One more owner of the buffer that the bytes lie in. */
  retain(bytes: Uint8Array): void {
    const lease = this.#leaseOf(bytes)
    if (lease !== undefined) lease.owners++
  }

  /** One owner less. */
  release(bytes: Uint8Array): void {
    const lease = this.#leaseOf(bytes)
    if (lease === undefined || --lease.owners > 0) return
    this.#leases.delete(bytes.buffer)
    const whole = new Uint8Array(bytes.buffer)
    if (this.#freeBytes + whole.byteLength > this.#options.maxFreeBytes) return
    this.#freeBytes += whole.byteLength
    const kept = this.#free.get(whole.byteLength)
    if (kept === undefined) this.#free.set(whole.byteLength, [whole])
    else kept.push(whole)
  }

  /** Somebody keeps the bytes for as long as they like: the buffer is never used again. */
  abandon(bytes: Uint8Array): void {
    this.#leases.delete(bytes.buffer)
  }

  #leaseOf(bytes: Uint8Array): Lease | undefined {
    return bytes.buffer.byteLength < smallestBytes ? undefined : this.#leases.get(bytes.buffer)
  }
}

function roundedUp(bytes: number): number {
  const step = 2 ** (31 - Math.clz32(bytes - 1)) / stepsPerDoubling
  return Math.ceil(bytes / step) * step
}
