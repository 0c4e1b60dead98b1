/* Protocol Buffers, proto3 wire format: field = varint (number << 3 | kind), kind 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
 * Source: protobuf.dev/programming-guides/encoding */

/** Writes fields; numbers are whole and below 2^53; zeros are omitted. */
export class ProtobufWriter {
  private readonly bytes: number[] = []

  varint(value: number): this {
    let rest = value
    while (rest >= 0x80) {
      this.bytes.push((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.bytes.push(rest)
    return this
  }

  uint(field: number, value: number): this {
    return value === 0 ? this : this.varint(field * 8).varint(value)
  }

  text(field: number, value: string): this {
    return value === '' ? this : this.sub(field, new TextEncoder().encode(value))
  }

  /** A sub-message or bytes that is written even when empty. */
  sub(field: number, value: Uint8Array): this {
    this.varint(field * 8 + 2).varint(value.length)
    for (const byte of value) this.bytes.push(byte)
    return this
  }

  done(): Uint8Array {
    return Uint8Array.from(this.bytes)
  }
}

export type ProtobufValue = number | Uint8Array

/** Reads the fields of a message. Undefined when the bytes are none; varints of 2^53 and above are none. */
export function readProtobuf(bytes: Uint8Array): ReadonlyMap<number, ProtobufValue> | undefined {
  const fields = new Map<number, ProtobufValue>()
  let at = 0
  const varint = (): number => {
    let value = 0
    let scale = 1
    for (let count = 0; count < 10; count += 1) {
      const byte = bytes[at]
      if (byte === undefined) return -1
      at += 1
      value += (byte & 0x7f) * scale
      if ((byte & 0x80) === 0) return value <= Number.MAX_SAFE_INTEGER ? value : -1
      scale *= 0x80
    }
    return -1
  }
  while (at < bytes.length) {
    const tag = varint()
    if (tag < 8) return undefined
    const field = Math.floor(tag / 8)
    const kind = tag % 8
    const length = kind === 0 ? 0 : kind === 1 ? 8 : kind === 2 ? varint() : kind === 5 ? 4 : -1
    if (length < 0 || at + length > bytes.length) return undefined
    if (kind === 0) {
      const value = varint()
      if (value < 0) return undefined
      fields.set(field, value)
    } else {
      fields.set(field, bytes.subarray(at, at + length))
      at += length
    }
  }
  return fields
}
