/* Sparse indexes of one segment, in Kafka's own file layout:
 *   .index      entries u32 (offset - base), u32 file position, big-endian; one per intervalBytes of log
 *   .timeindex  entries i64 largest timestamp so far, u32 (offset - base); only increasing */

const offsetEntryBytes = 8
const timeEntryBytes = 12

/** Where to begin reading to come to an offset or a time. */
export class SparseIndex {
  readonly #offsets: number[] = []
  readonly #positions: number[] = []
  readonly #times: number[] = []
  readonly #timeOffsets: number[] = []
  readonly #intervalBytes: number
  #bytesSinceEntry = Number.POSITIVE_INFINITY

  constructor(intervalBytes: number) {
    this.#intervalBytes = intervalBytes
  }

  /** Entries of the offset index. */
  get length(): number {
    return this.#offsets.length
  }

  /** Size of the larger of the two files. */
  get fileBytes(): number {
    return Math.max(this.#offsets.length * offsetEntryBytes, this.#times.length * timeEntryBytes)
  }

  /** Largest time in the time index; later batches may have larger ones. */
  get lastTimeMs(): number {
    return this.#times.at(-1) ?? -1
  }

  get lastEntry(): { readonly relativeOffset: number; readonly position: number } {
    return { relativeOffset: this.#offsets.at(-1) ?? 0, position: this.#positions.at(-1) ?? 0 }
  }

  /** Call once per appended batch, in order. `maxTimestampMs` is the largest of the segment so far, this batch included. */
  add(batch: { relativeOffset: number; position: number; sizeBytes: number; maxTimestampMs: number }): void {
    if (this.#bytesSinceEntry >= this.#intervalBytes) {
      this.#offsets.push(batch.relativeOffset)
      this.#positions.push(batch.position)
      this.#addTime(batch.maxTimestampMs, batch.relativeOffset)
      this.#bytesSinceEntry = 0
    }
    this.#bytesSinceEntry += batch.sizeBytes
  }

  #addTime(timestampMs: number, relativeOffset: number): void {
    const last = this.#times.at(-1) ?? -1
    if (timestampMs > last) {
      this.#times.push(timestampMs)
      this.#timeOffsets.push(relativeOffset)
    }
  }

  /** File position at or before the batch that contains the offset. */
  positionOf(relativeOffset: number): number {
    const entry = lastAtMost(this.#offsets, relativeOffset)
    return entry < 0 ? 0 : (this.#positions[entry] ?? 0)
  }

  /** Relative offset from which a batch with a timestamp of at least `timestampMs` may follow. */
  offsetBefore(timestampMs: number): number {
    const entry = lastAtMost(this.#times, timestampMs - 1)
    return entry < 0 ? 0 : (this.#timeOffsets[entry] ?? 0)
  }

  /** Forgets what lies at or above a position after the file was cut there. */
  truncate(position: number): void {
    while ((this.#positions.at(-1) ?? -1) >= position) {
      const offset = this.#offsets.pop() ?? 0
      this.#positions.pop()
      while ((this.#timeOffsets.at(-1) ?? -1) >= offset) {
        this.#timeOffsets.pop()
        this.#times.pop()
      }
    }
    this.#bytesSinceEntry = Number.POSITIVE_INFINITY
  }

  offsetIndexBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#offsets.length * offsetEntryBytes)
    const view = new DataView(bytes.buffer)
    this.#offsets.forEach((offset, i) => {
      view.setUint32(i * offsetEntryBytes, offset)
      view.setUint32(i * offsetEntryBytes + 4, this.#positions[i] ?? 0)
    })
    return bytes
  }

  timeIndexBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#times.length * timeEntryBytes)
    const view = new DataView(bytes.buffer)
    this.#times.forEach((time, i) => {
      view.setBigInt64(i * timeEntryBytes, BigInt(time))
      view.setUint32(i * timeEntryBytes + 8, this.#timeOffsets[i] ?? 0)
    })
    return bytes
  }

  /** Reads both files; false when they cannot belong to a segment of `segmentBytes`. */
  load(files: {
    readonly offsets: Uint8Array
    readonly times: Uint8Array
    readonly segmentBytes: number
  }): boolean {
    const { offsets, times, segmentBytes } = files
    const isWhole = offsets.byteLength % offsetEntryBytes === 0 && times.byteLength % timeEntryBytes === 0
    if (!isWhole || (segmentBytes > 0 && offsets.byteLength === 0)) return false
    const offsetView = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength)
    for (let at = 0; at < offsets.byteLength; at += offsetEntryBytes) {
      const offset = offsetView.getUint32(at)
      const position = offsetView.getUint32(at + 4)
      const isRising =
        at === 0 || (offset > (this.#offsets.at(-1) ?? 0) && position > (this.#positions.at(-1) ?? 0))
      if (!isRising || position >= segmentBytes) return false
      this.#offsets.push(offset)
      this.#positions.push(position)
    }
    const timeView = new DataView(times.buffer, times.byteOffset, times.byteLength)
    for (let at = 0; at < times.byteLength; at += timeEntryBytes) {
      const time = Number(timeView.getBigInt64(at))
      if (time <= (this.#times.at(-1) ?? -1)) return false
      this.#times.push(time)
      this.#timeOffsets.push(timeView.getUint32(at + 8))
    }
    return true
  }
}

/** Index of the last value that is at most `limit` in a rising list, or -1. */
export function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
