import { ProtocolError } from './protocol-error.ts'

const text = new TextDecoder('utf-8')

/** Reads big-endian Kafka primitives. Every length is checked against the bytes that are there; a lack throws ProtocolError. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly #view: DataView
  position = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.bytes.byteLength - this.position
  }

  /** Advances over `count` bytes and returns where they began. */
  #take(count: number): number {
    const at = this.position
    if (count < 0 || count > this.bytes.byteLength - at) {
      throw new ProtocolError(`${count} bytes needed at ${at}, ${this.remaining} there`)
    }
    this.position = at + count
    return at
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1))
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2))
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4))
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  /** A 64-bit integer as a number; beyond ±(2^53 - 1) it saturates. Offsets, ids and times of ours stay far below. */
  int64(): number {
    const at = this.#take(8)
    const high = this.#view.getInt32(at)
    if (high >= 0x200000) return Number.MAX_SAFE_INTEGER
    if (high < -0x200000) return Number.MIN_SAFE_INTEGER
    return high * 0x1_0000_0000 + this.#view.getUint32(at + 4)
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  /** Unsigned varint of at most 5 bytes. */
  uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1))
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break
        return value
      }
    }
    throw new ProtocolError('a varint is longer than 5 bytes')
  }

  /** Zig-zag varint of at most 5 bytes. */
  varint(): number {
    const raw = this.uvarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Zig-zag varint of at most 10 bytes, saturating as {@link int64}. */
  varlong(): number {
    let low = 0
    let scale = 1
    for (let count = 0; count < 10; count++) {
      const byte = this.#view.getUint8(this.#take(1))
      low += (byte & 0x7f) * scale
      scale *= 128
      if (byte < 0x80) {
        if (low > Number.MAX_SAFE_INTEGER)
          return low % 2 === 0 ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER
        return low % 2 === 0 ? low / 2 : -(low + 1) / 2
      }
    }
    throw new ProtocolError('a varlong is longer than 10 bytes')
  }

  /** A view, not a copy. */
  view(count: number): Uint8Array {
    const at = this.#take(count)
    return this.bytes.subarray(at, at + count)
  }

  utf8(count: number): string {
    return text.decode(this.view(count))
  }

  /** 32 lower-case hexadecimal digits with hyphens. */
  uuid(): string {
    const at = this.#take(16)
    let hex = ''
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) hex += '-'
      hex += hexByte(this.bytes[at + i])
    }
    return hex
  }

  skip(count: number): void {
    this.#take(count)
  }
}

const hexBytes = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))

function hexByte(byte: number | undefined): string {
  return hexBytes[byte ?? 0] ?? '00'
}
