const utf8 = new TextEncoder()
const firstCapacity = 256

/** Writes big-endian Kafka primitives into a list of chunks. Large byte strings are referenced, not copied. */
export class ByteWriter {
  #chunks: Uint8Array[] = []
  #bytes = new Uint8Array(firstCapacity)
  #view = new DataView(this.#bytes.buffer)
  #start = 0
  #position = 0
  #doneBytes = 0

  get size(): number {
    return this.#doneBytes + this.#position - this.#start
  }

  #reserve(count: number): number {
    const at = this.#position
    if (at + count > this.#bytes.byteLength) {
      this.#seal()
      const capacity = Math.max(count, Math.min(65_536, this.#bytes.byteLength * 2))
      this.#bytes = new Uint8Array(capacity)
      this.#view = new DataView(this.#bytes.buffer)
      this.#start = 0
      this.#position = count
      return 0
    }
    this.#position = at + count
    return at
  }

  #seal(): void {
    if (this.#position > this.#start) {
      this.#chunks.push(this.#bytes.subarray(this.#start, this.#position))
      this.#doneBytes += this.#position - this.#start
      this.#start = this.#position
    }
  }

  /** The low eight bits. */
  int8(value: number): void {
    const at = this.#reserve(1)
    this.#view.setInt8(at, value)
  }

  int16(value: number): void {
    const at = this.#reserve(2)
    this.#view.setInt16(at, value)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#view.setInt32(at, value)
  }

  uint32(value: number): void {
    const at = this.#reserve(4)
    this.#view.setUint32(at, value)
  }

  /** A safe integer as 64 bits. */
  int64(value: number): void {
    const at = this.#reserve(8)
    this.#view.setInt32(at, Math.floor(value / 0x1_0000_0000))
    this.#view.setUint32(at + 4, value >>> 0)
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  uvarint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.int8((rest & 0x7f) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.int8(rest)
  }

  /** Zig-zag, 32 bits. */
  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** Zig-zag of a number whose double is a safe integer. */
  varlong(value: number): void {
    this.uvarint(value < 0 ? -value * 2 - 1 : value * 2)
  }

  /** Copies small byte strings and references those of 1 KiB and more: the caller must not change them until they are sent. */
  raw(bytes: Uint8Array): void {
    if (bytes.byteLength >= 1_024) {
      this.#seal()
      this.#chunks.push(bytes)
      this.#doneBytes += bytes.byteLength
      return
    }
    const at = this.#reserve(bytes.byteLength)
    this.#bytes.set(bytes, at)
  }

  utf8(value: string): Uint8Array {
    return utf8.encode(value)
  }

  uuid(value: string): void {
    const at = this.#reserve(16)
    let digit = 0
    for (let i = 0; i < 16; i++) {
      if (value.charCodeAt(digit) === 45) digit++
      this.#bytes[at + i] = Number.parseInt(value.slice(digit, digit + 2), 16)
      digit += 2
    }
  }

  /** Everything written so far, in order. */
  chunks(): Uint8Array[] {
    this.#seal()
    return this.#chunks
  }

  /** Everything written so far in one piece. */
  bytes(): Uint8Array {
    const chunks = this.chunks()
    const [only] = chunks
    if (chunks.length === 1 && only !== undefined) return only
    const whole = new Uint8Array(this.#doneBytes)
    let at = 0
    for (const chunk of chunks) {
      whole.set(chunk, at)
      at += chunk.byteLength
    }
    return whole
  }
}
