import type { FramePool } from './frame-pool.ts'
import { lastAtMost } from './sparse-index.ts'

interface CachedBatch {
  readonly lastOffset: number
  readonly bytes: Uint8Array
}

/** The newest batches of one partition, in order and without a gap up to its end. */
export class PartitionTail {
  #baseOffsets: number[] = []
  #batches: CachedBatch[] = []
  /** Entries before it are gone; they are cut away in bulk, since shifting long arrays one by one is slow. */
  #first = 0
  /** Owns the bytes for as long as they are here. */
  readonly #frames: Pick<FramePool, 'retain' | 'release'> | null

  constructor(frames: Pick<FramePool, 'retain' | 'release'> | null = null) {
    this.#frames = frames
  }

  get firstOffset(): number | null {
    return this.#baseOffsets[this.#first] ?? null
  }

  push(baseOffset: number, batch: CachedBatch): void {
    this.#baseOffsets.push(baseOffset)
    this.#batches.push(batch)
    this.#frames?.retain(batch.bytes)
  }

  dropFirst(): void {
    const dropped = this.#batches[this.#first]
    if (dropped !== undefined) this.#frames?.release(dropped.bytes)
    this.#batches[this.#first] = noBatch
    this.#first++
    if (this.#first > 256 && this.#first * 2 > this.#batches.length) {
      this.#baseOffsets = this.#baseOffsets.slice(this.#first)
      this.#batches = this.#batches.slice(this.#first)
      this.#first = 0
    }
  }

  /** Forgets batches that compaction has rewritten. */
  dropBelow(offset: number): void {
    while ((this.firstOffset ?? offset) < offset) this.dropFirst()
  }

  /**
   * Whole batches from the one that contains `offset`; null when that one is no longer (or not yet) here. The bytes may be
   * used again after this turn of the event loop, unless they are retained.
   */
  read(
    offset: number,
    maxBytes: number,
  ): { pieces: Uint8Array[]; sizeBytes: number; nextOffset: number } | null {
    let at = lastAtMost(this.#baseOffsets, offset)
    const first = this.#batches[at]
    if (at < this.#first || first === undefined || first.lastOffset < offset) return null
    const pieces: Uint8Array[] = []
    let sizeBytes = 0
    let { lastOffset } = first
    for (; at < this.#batches.length; at++) {
      const batch = this.#batches[at] ?? noBatch
      const { bytes } = batch
      if (sizeBytes > 0 && sizeBytes + bytes.byteLength > maxBytes) break
      pieces.push(bytes)
      sizeBytes += bytes.byteLength
      lastOffset = batch.lastOffset
    }
    return { pieces, sizeBytes, nextOffset: lastOffset + 1 }
  }
}

const noBatch: CachedBatch = { lastOffset: -1, bytes: new Uint8Array(0) }

interface Slot {
  readonly tail: PartitionTail
  readonly baseOffset: number
  readonly sizeBytes: number
}

/** Bounds the tails of all partitions together: when full, the batch that was appended first goes first. */
export class TailCache {
  readonly #maxBytes: number
  #slots: Slot[] = []
  #oldest = 0
  #sizeBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(tail: PartitionTail, baseOffset: number, batch: CachedBatch): void {
    tail.push(baseOffset, batch)
    this.#slots.push({ tail, baseOffset, sizeBytes: batch.bytes.byteLength })
    this.#sizeBytes += batch.bytes.byteLength
    while (this.#sizeBytes > this.#maxBytes) this.#evictOldest()
  }

  #evictOldest(): void {
    const slot = this.#slots[this.#oldest++]
    if (slot === undefined) return
    // A tail that was thrown away as a whole (its topic is deleted) has nothing left of this slot.
    if (slot.tail.firstOffset === slot.baseOffset) slot.tail.dropFirst()
    this.#sizeBytes -= slot.sizeBytes
    if (this.#oldest > 1_024 && this.#oldest * 2 > this.#slots.length) {
      this.#slots = this.#slots.slice(this.#oldest)
      this.#oldest = 0
    }
  }
}

/** A small batch inside of a large request buffer is copied, so that the tail cache does not hold the buffer. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes
}
