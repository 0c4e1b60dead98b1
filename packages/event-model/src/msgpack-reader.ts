/* Reads MessagePack (grammar: msgpack-writer.ts) and the msgpack-numpy forms. Every length is checked against the bytes
 * that are there before anything is allocated. Hot path: bench/codec.ts. */

import { EventModelError } from './error.ts'
import { maxDepth } from './msgpack-writer.ts'
import { decodeNumpyMap } from './numpy.ts'

/* Field names and object names repeat from document to document: a direct-mapped table of the last ones seen. */
const cacheSize = 4096
const cachedBytes: (Buffer | undefined)[] = Array.from({ length: cacheSize })
const cachedText: string[] = Array.from({ length: cacheSize }, () => '')

/** Decodes exactly one value. Throws EVENT_MODEL_MALFORMED, EVENT_MODEL_PICKLE_REFUSED. */
export function decodeMsgpack(bytes: Uint8Array): unknown {
  const reader = new MsgpackReader(bytes)
  const value = reader.value()
  if (!reader.atEnd) throw malformed(`${reader.restBytes} bytes follow the value`)
  return value
}

/** Decodes values one after another, as in a file of concatenated messages. */
export function* decodeMsgpackStream(bytes: Uint8Array): Generator<unknown> {
  const reader = new MsgpackReader(bytes)
  while (!reader.atEnd) yield reader.value()
}

class MsgpackReader {
  readonly #bytes: Buffer
  readonly #view: DataView
  #pos = 0
  #depth = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.#pos === this.#bytes.length
  }

  get restBytes(): number {
    return this.#bytes.length - this.#pos
  }

  value(): unknown {
    const code = this.#take(1)
    const byte = this.#bytes[code] ?? 0
    if (byte < 0x80) return byte
    if (byte < 0x90) return this.#map(byte & 0x0f)
    if (byte < 0xa0) return this.#array(byte & 0x0f)
    if (byte < 0xc0) return this.#text(byte & 0x1f)
    if (byte >= 0xe0) return byte - 0x100
    return byte < 0xca ? this.#plain(byte) : byte < 0xd4 ? this.#numeric(byte) : this.#sized(byte)
  }

  #plain(byte: number): unknown {
    switch (byte) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return this.#bin(this.#uint8())
      case 0xc5:
        return this.#bin(this.#uint16())
      case 0xc6:
        return this.#bin(this.#uint32())
    }
    if (byte === 0xc7) return this.#extension(this.#uint8())
    throw malformed(`unsupported type byte 0x${byte.toString(16)}`)
  }

  #numeric(byte: number): unknown {
    switch (byte) {
      case 0xca:
        return this.#view.getFloat32(this.#take(4))
      case 0xcb:
        return this.#view.getFloat64(this.#take(8))
      case 0xcc:
        return this.#uint8()
      case 0xcd:
        return this.#uint16()
      case 0xce:
        return this.#uint32()
      case 0xcf:
        return narrow(this.#view.getBigUint64(this.#take(8)))
      case 0xd0:
        return this.#view.getInt8(this.#take(1))
      case 0xd1:
        return this.#view.getInt16(this.#take(2))
      case 0xd2:
        return this.#view.getInt32(this.#take(4))
    }
    return narrow(this.#view.getBigInt64(this.#take(8)))
  }

  #sized(byte: number): unknown {
    switch (byte) {
      case 0xd6:
        return this.#extension(4)
      case 0xd7:
        return this.#extension(8)
      case 0xd9:
        return this.#text(this.#uint8())
      case 0xda:
        return this.#text(this.#uint16())
      case 0xdb:
        return this.#text(this.#uint32())
      case 0xdc:
        return this.#array(this.#uint16())
      case 0xdd:
        return this.#array(this.#uint32())
      case 0xde:
        return this.#map(this.#uint16())
      case 0xdf:
        return this.#map(this.#uint32())
    }
    throw malformed(`unsupported type byte 0x${byte.toString(16)}`)
  }

  #array(size: number): unknown[] {
    this.#enter(size)
    const items: unknown[] = []
    for (let i = 0; i < size; i++) items.push(this.value())
    this.#depth--
    return items
  }

  #map(size: number): unknown {
    this.#enter(size * 2)
    const first = this.#bytes[this.#pos] ?? 0
    const result = size > 0 && first >= 0xc4 && first <= 0xc6 ? this.#numpyMap(size) : this.#record(size)
    this.#depth--
    return result
  }

  #record(size: number): Record<string, unknown> {
    const record: Record<string, unknown> = {}
    for (let i = 0; i < size; i++) {
      const key = this.#key()
      const value = this.value()
      if (key === '__proto__') {
        Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
      } else record[key] = value
    }
    return record
  }

  #numpyMap(size: number): unknown {
    const fields = new Map<string, unknown>()
    for (let i = 0; i < size; i++) {
      const key = this.value()
      if (!Buffer.isBuffer(key)) throw malformed('a map mixes keys of type bin with others')
      fields.set(key.toString('latin1'), this.value())
    }
    return decodeNumpyMap(fields)
  }

  #key(): string {
    const byte = this.#bytes[this.#take(1)] ?? 0
    if (byte >= 0xa0 && byte < 0xc0) return this.#cachedText(byte & 0x1f)
    if (byte === 0xd9) return this.#cachedText(this.#uint8())
    if (byte === 0xda) return this.#text(this.#uint16())
    if (byte === 0xdb) return this.#text(this.#uint32())
    throw malformed('a map key is not a string')
  }

  #cachedText(n: number): string {
    const start = this.#take(n)
    if (n === 0) return ''
    const bytes = this.#bytes
    const last = bytes[start + n - 1] ?? 0
    const slot = (n * 67 + (bytes[start] ?? 0) * 31 + (bytes[start + (n >> 1)] ?? 0) * 7 + last) % cacheSize
    const known = cachedBytes[slot]
    if (known !== undefined && known.length === n) {
      let i = 0
      while (i < n && known[i] === bytes[start + i]) i++
      if (i === n) return cachedText[slot] ?? ''
    }
    const text = bytes.toString('utf8', start, start + n)
    if (n <= 64) {
      cachedBytes[slot] = Buffer.from(bytes.subarray(start, start + n))
      cachedText[slot] = text
    }
    return text
  }

  #text(n: number): string {
    const start = this.#take(n)
    return this.#bytes.toString('utf8', start, start + n)
  }

  #bin(n: number): Buffer {
    const start = this.#take(n)
    return Buffer.from(this.#bytes.subarray(start, start + n))
  }

  /* Only the timestamp extension (type -1) is known: float seconds. */
  #extension(n: number): number {
    const type = this.#view.getInt8(this.#take(1))
    const at = this.#take(n)
    if (type === -1 && n === 4) return this.#view.getUint32(at)
    if (type === -1 && n === 8) {
      const packed = this.#view.getBigUint64(at)
      return Number(packed & 0x3_ffff_ffffn) + Number(packed >> 34n) / 1e9
    }
    if (type === -1 && n === 12)
      return Number(this.#view.getBigInt64(at + 4)) + this.#view.getUint32(at) / 1e9
    throw malformed(`unknown extension type ${type}`)
  }

  #uint8(): number {
    return this.#bytes[this.#take(1)] ?? 0
  }

  #uint16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  #uint32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  #enter(leastBytes: number): void {
    if (leastBytes > this.restBytes) throw malformed('a list or map is longer than the message')
    if (++this.#depth > maxDepth) throw malformed(`nested deeper than ${maxDepth}`)
  }

  #take(n: number): number {
    const start = this.#pos
    if (start + n > this.#bytes.length)
      throw malformed(`ends ${start + n - this.#bytes.length} bytes too early`)
    this.#pos = start + n
    return start
  }
}

function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

function malformed(message: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_MALFORMED',
    message: `not a MessagePack document: ${message}`,
    fault: 'peer',
    remedy: 'Send the msgpack of [name, document], nothing before or after it.',
  })
}
