/** Reads the fields of a response of a version without tags. Node's own checks throw RangeError beyond the end. */
export class ResponseCursor {
  readonly #bytes: Buffer
  position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  #take(length: number): number {
    const at = this.position
    this.position += length
    return at
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  /** Offsets and times; exact up to 2^53. */
  int64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#take(8)))
  }

  bigInt64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8))
  }

  text(): string {
    return this.nullableText() ?? ''
  }

  nullableText(): string | null {
    const length = this.int16()
    if (length < 0) return null
    const at = this.#take(length)
    if (this.position > this.#bytes.length) throw new RangeError('a text is cut off')
    return this.#bytes.toString('utf8', at, this.position)
  }

  /** A view; empty for null. */
  bytes(): Buffer {
    const length = this.int32()
    if (length <= 0) return this.#bytes.subarray(0, 0)
    const at = this.#take(length)
    if (this.position > this.#bytes.length) throw new RangeError('bytes are cut off')
    return this.#bytes.subarray(at, this.position)
  }

  list<T>(item: () => T): T[] {
    const count = this.int32()
    // The smallest item has two bytes: a larger count cannot be.
    if (count > this.#bytes.length) throw new RangeError(`a list of ${count} items`)
    const items: T[] = []
    for (let index = 0; index < count; index++) items.push(item())
    return items
  }
}
