import { ProtocolError } from './protocol-error.ts'

/* Every request is an i32 size and that many bytes. The size is checked against the limit before anything is allocated,
 * and memory for the frame is asked for before it is taken; until it is granted nothing more is consumed. */

export interface FrameReaderOptions {
  /** Asked once per frame: they change when the client has logged in. */
  readonly limits: () => { readonly minBytes: number; readonly maxBytes: number }
  /** Asked once per frame; false = blocked until {@link FrameReader.resume}. */
  readonly reserve: (frameBytes: number) => boolean
  /** The bytes that are pushed belong to the caller again afterwards: frames are copies, never views of them. */
  readonly isShared?: boolean
  /** Memory for a frame that comes in several chunks; its contents do not matter. */
  readonly allocate: (bytes: number) => Uint8Array
  readonly onFrame: (frame: Uint8Array) => void
}

const sizeBytes = 4
/** From this size on bytes are put into the frame itself rather than copied. */
const directBytes = 131_072
/** Most that one read puts there: pages that are touched for the first time make it slow. */
const readBytes = 1_048_576
/** After a large frame another one is expected: of its beginning only this much is read elsewhere, and copied. */
const headBytes = 16_384

/** Cuts a byte stream into frames. A frame within one chunk is a view of it (or a copy), one over several chunks is copied once. */
export class FrameReader {
  readonly #options: FrameReaderOptions
  readonly #sizeField = new Uint8Array(sizeBytes)
  #sizeFilled = 0
  #frameBytes = 0
  #body: Uint8Array | null = null
  #bodyFilled = 0
  /** Bytes that wait for memory, or null. */
  #held: Uint8Array | null = null

  constructor(options: FrameReaderOptions) {
    this.#options = options
  }

  get isBlocked(): boolean {
    return this.#held !== null
  }

  /** Whether a frame has begun and is not complete. */
  get isWithinFrame(): boolean {
    return this.#sizeFilled > 0 || this.#body !== null
  }

  /** Takes bytes in. Throws ProtocolError on a size that cannot be. Not while blocked, unless the bytes are few and late. */
  push(chunk: Uint8Array): void {
    if (this.#held !== null) {
      this.#held = joined(this.#held, chunk)
      return
    }
    let rest = chunk
    while (rest.byteLength > 0) {
      const next = this.#body === null ? this.#begin(rest) : this.#fill(rest)
      if (next === null) return
      rest = next
    }
  }

  /** Where the next bytes should be put: the rest of a large frame, or (a part of) the buffer that is offered. */
  spaceIn(buffer: Uint8Array): Uint8Array {
    const body = this.#body
    if (body !== null && body.byteLength - this.#bodyFilled >= directBytes)
      return body.subarray(this.#bodyFilled, this.#bodyFilled + readBytes)
    const isLargeExpected = body === null && this.#held === null && this.#frameBytes >= 2 * directBytes
    return isLargeExpected ? buffer.subarray(0, headBytes) : buffer
  }

  /** Bytes were put into the rest of the frame that {@link spaceIn} gave. */
  advance(count: number): void {
    this.#bodyFilled += count
    this.#endBody()
  }

  /** Goes on after memory was refused. */
  resume(): void {
    const held = this.#held
    if (held === null) return
    this.#held = null
    const next = this.#start(held)
    if (next !== null) this.push(next)
  }

  #begin(chunk: Uint8Array): Uint8Array | null {
    const take = Math.min(sizeBytes - this.#sizeFilled, chunk.byteLength)
    this.#sizeField.set(chunk.subarray(0, take), this.#sizeFilled)
    this.#sizeFilled += take
    const rest = chunk.subarray(take)
    if (this.#sizeFilled < sizeBytes) return rest
    this.#frameBytes = new DataView(this.#sizeField.buffer).getInt32(0)
    const { minBytes, maxBytes } = this.#options.limits()
    if (this.#frameBytes < minBytes || this.#frameBytes > maxBytes) {
      throw new ProtocolError(`a request of ${this.#frameBytes} bytes (allowed: ${minBytes} to ${maxBytes})`)
    }
    return this.#start(rest)
  }

  #start(rest: Uint8Array): Uint8Array | null {
    if (!this.#options.reserve(this.#frameBytes)) {
      this.#held = this.#own(rest)
      return null
    }
    if (rest.byteLength >= this.#frameBytes) {
      const frame = this.#own(rest.subarray(0, this.#frameBytes))
      const after = rest.subarray(this.#frameBytes)
      this.#sizeFilled = 0
      this.#options.onFrame(frame)
      return after
    }
    this.#body = this.#options.allocate(this.#frameBytes)
    this.#bodyFilled = 0
    return this.#fill(rest)
  }

  #own(bytes: Uint8Array): Uint8Array {
    if (this.#options.isShared !== true) return bytes
    const copy = this.#options.allocate(bytes.byteLength)
    copy.set(bytes)
    return copy
  }

  #fill(chunk: Uint8Array): Uint8Array {
    const body = this.#body
    if (body === null) return chunk
    const take = Math.min(body.byteLength - this.#bodyFilled, chunk.byteLength)
    body.set(take === chunk.byteLength ? chunk : chunk.subarray(0, take), this.#bodyFilled)
    this.#bodyFilled += take
    this.#endBody()
    return chunk.subarray(take)
  }

  #endBody(): void {
    const body = this.#body
    if (body === null || this.#bodyFilled < body.byteLength) return
    this.#body = null
    this.#sizeFilled = 0
    this.#options.onFrame(body)
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.byteLength + b.byteLength)
  whole.set(a)
  whole.set(b, a.byteLength)
  return whole
}
