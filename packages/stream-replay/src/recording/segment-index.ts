/* Sparse indexes of one segment, in Kafka's own layout, big-endian:
 *   .idx  entries u32 (offset - base), u32 file position; one per 4096 bytes of log
 *   .tix  entries i64 largest timestamp so far, u32 (offset - base); only increasing */

const intervalBytes = 4_096

export class SegmentIndex {
  readonly #baseOffset: number
  readonly #entries: { readonly relativeOffset: number; readonly position: number }[] = []
  readonly #times: { readonly timestampMs: number; readonly relativeOffset: number }[] = []
  #bytesSinceEntry = Number.POSITIVE_INFINITY
  #largestMs = -1

  constructor(baseOffset: number) {
    this.#baseOffset = baseOffset
  }

  /** Once per batch, in order. */
  add(batch: {
    readonly baseOffset: number
    readonly position: number
    readonly sizeBytes: number
    readonly maxTimestampMs: number
  }): void {
    const relativeOffset = batch.baseOffset - this.#baseOffset
    const before = this.#largestMs
    this.#largestMs = Math.max(before, batch.maxTimestampMs)
    if (this.#bytesSinceEntry >= intervalBytes) {
      this.#entries.push({ relativeOffset, position: batch.position })
      if (this.#largestMs > (this.#times.at(-1)?.timestampMs ?? -1))
        this.#times.push({ timestampMs: this.#largestMs, relativeOffset })
      this.#bytesSinceEntry = 0
    }
    this.#bytesSinceEntry += batch.sizeBytes
  }

  offsetFile(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#entries.length * 8)
    this.#entries.forEach(({ relativeOffset, position }, index) => {
      bytes.writeUInt32BE(relativeOffset, index * 8)
      bytes.writeUInt32BE(position, index * 8 + 4)
    })
    return bytes
  }

  timeFile(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#times.length * 12)
    this.#times.forEach(({ timestampMs, relativeOffset }, index) => {
      bytes.writeBigInt64BE(BigInt(timestampMs), index * 12)
      bytes.writeUInt32BE(relativeOffset, index * 12 + 8)
    })
    return bytes
  }
}

/** File position at or before the batch that holds an offset; 0 when the index does not help. */
export function positionBefore(offsetFile: Buffer, relativeOffset: number): number {
  let low = 0
  let high = Math.floor(offsetFile.length / 8)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (offsetFile.readUInt32BE(middle * 8) <= relativeOffset) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : offsetFile.readUInt32BE((low - 1) * 8 + 4)
}

/** Relative offset before which no batch has a timestamp of at least `timestampMs`; 0 when the index does not help. */
export function offsetBeforeTime(timeFile: Buffer, timestampMs: number): number {
  let found = 0
  for (let at = 0; at + 12 <= timeFile.length; at += 12) {
    if (Number(timeFile.readBigInt64BE(at)) >= timestampMs) break
    found = timeFile.readUInt32BE(at + 8)
  }
  return found
}

/** Largest timestamp up to the last entry; -1 without entries. */
export function largestTime(timeFile: Buffer): number {
  return timeFile.length < 12
    ? -1
    : Number(timeFile.readBigInt64BE(timeFile.length - (timeFile.length % 12) - 12))
}
