import { ProtocolError } from './protocol-error.ts'

/** A growing output of a decompressor, with back references into itself and a bound. */
export class ByteSink {
  #bytes: Uint8Array
  readonly #maxBytes: number
  length = 0

  constructor(expectedBytes: number, maxBytes: number) {
    this.#bytes = new Uint8Array(Math.min(Math.max(expectedBytes, 64), 1_048_576, maxBytes))
    this.#maxBytes = maxBytes
  }

  #reserve(count: number): void {
    const needed = this.length + count
    if (needed > this.#maxBytes)
      throw new ProtocolError(`more than ${this.#maxBytes} bytes after decompression`)
    if (needed <= this.#bytes.byteLength) return
    const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, this.#bytes.byteLength * 2)))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#bytes = grown
  }

  literal(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.byteLength
  }

  /** Repeats `count` bytes that begin `distance` before the end; they may overlap what is being written. */
  copy(distance: number, count: number): void {
    if (distance <= 0 || distance > this.length)
      throw new ProtocolError(`a back reference of ${distance} at ${this.length}`)
    this.#reserve(count)
    const from = this.length - distance
    if (distance >= count) this.#bytes.copyWithin(this.length, from, from + count)
    else for (let i = 0; i < count; i++) this.#bytes[this.length + i] = this.#bytes[from + i] as number
    this.length += count
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }
}
