import { PythonFloat } from '@beamtime/python-notation'
import { isPlainObject } from './core/plain-object.ts'

/* MessagePack (github.com/msgpack/msgpack, spec.md), the part that carries JSON: nil, bool, int, float, str, array, map
 * with string keys. Own because whole floats must stay floats in both directions (see PythonFloat) and because
 * bytes of strangers must not reach extension types. Extensions, bin and non-string keys are refused when read. */

export class MsgpackProblem extends Error {
  override readonly name = 'MsgpackProblem'
}

const maxDepth = 512
const text = new TextDecoder('utf-8', { fatal: true })

/** Throws MsgpackProblem in the words of Python's msgpack. */
export function readMsgpack(bytes: Uint8Array): unknown {
  const reader: Reader = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    at: 0,
  }
  const value = readValue(reader, 0)
  if (reader.at !== bytes.length) throw new MsgpackProblem('unpack(b) received extra data.')
  return value
}

interface Reader {
  readonly bytes: Uint8Array
  readonly view: DataView
  at: number
}

function take(reader: Reader, count: number): number {
  const start = reader.at
  if (start + count > reader.bytes.length) throw new MsgpackProblem('Unpack failed: incomplete input')
  reader.at = start + count
  return start
}

function readValue(reader: Reader, depth: number): unknown {
  if (depth > maxDepth) throw new MsgpackProblem('recursion limit exceeded')
  const { view } = reader
  const code = view.getUint8(take(reader, 1))
  if (code < 0x80) return code
  if (code < 0x90) return readMap(reader, code & 0x0f, depth)
  if (code < 0xa0) return readArray(reader, code & 0x0f, depth)
  if (code < 0xc0) return readString(reader, code & 0x1f)
  if (code >= 0xe0) return code - 0x100
  const number = numberReaders[code]
  if (number !== undefined) return number(view, reader)
  return readOther(reader, code, depth)
}

const numberReaders: Readonly<Record<number, (view: DataView, reader: Reader) => unknown>> = {
  0xca: (view, reader) => asFloat(view.getFloat32(take(reader, 4))),
  0xcb: (view, reader) => asFloat(view.getFloat64(take(reader, 8))),
  0xcc: (view, reader) => view.getUint8(take(reader, 1)),
  0xcd: (view, reader) => view.getUint16(take(reader, 2)),
  0xce: (view, reader) => view.getUint32(take(reader, 4)),
  0xcf: (view, reader) => asInteger(view.getBigUint64(take(reader, 8))),
  0xd0: (view, reader) => view.getInt8(take(reader, 1)),
  0xd1: (view, reader) => view.getInt16(take(reader, 2)),
  0xd2: (view, reader) => view.getInt32(take(reader, 4)),
  0xd3: (view, reader) => asInteger(view.getBigInt64(take(reader, 8))),
}

function readOther(reader: Reader, code: number, depth: number): unknown {
  switch (code) {
    case 0xc0:
      return null
    case 0xc2:
      return false
    case 0xc3:
      return true
    case 0xc4:
    case 0xd9:
      return readBytesOrString(reader, code, reader.view.getUint8(take(reader, 1)))
    case 0xc5:
    case 0xda:
      return readBytesOrString(reader, code, reader.view.getUint16(take(reader, 2)))
    case 0xc6:
    case 0xdb:
      return readBytesOrString(reader, code, reader.view.getUint32(take(reader, 4)))
    case 0xdc:
      return readArray(reader, reader.view.getUint16(take(reader, 2)), depth)
    case 0xdd:
      return readArray(reader, reader.view.getUint32(take(reader, 4)), depth)
    case 0xde:
      return readMap(reader, reader.view.getUint16(take(reader, 2)), depth)
    case 0xdf:
      return readMap(reader, reader.view.getUint32(take(reader, 4)), depth)
    default:
      throw new MsgpackProblem(`Unpack failed: unsupported type 0x${code.toString(16)}`)
  }
}

function readBytesOrString(reader: Reader, code: number, length: number): unknown {
  if (code >= 0xd9) return readString(reader, length)
  throw new MsgpackProblem('Unpack failed: bytes cannot stand in a request')
}

function readString(reader: Reader, length: number): string {
  const start = take(reader, length)
  try {
    return text.decode(reader.bytes.subarray(start, start + length))
  } catch {
    throw new MsgpackProblem("'utf-8' codec can't decode bytes: invalid string")
  }
}

/** Nothing is allocated by a length alone: an element takes at least one byte. */
function readArray(reader: Reader, length: number, depth: number): unknown[] {
  if (length > reader.bytes.length - reader.at) throw new MsgpackProblem('Unpack failed: incomplete input')
  const items: unknown[] = []
  for (let index = 0; index < length; index += 1) items.push(readValue(reader, depth + 1))
  return items
}

function readMap(reader: Reader, length: number, depth: number): Record<string, unknown> {
  if (length > reader.bytes.length - reader.at) throw new MsgpackProblem('Unpack failed: incomplete input')
  const entries: [string, unknown][] = []
  for (let index = 0; index < length; index += 1) {
    const key = readValue(reader, depth + 1)
    if (typeof key !== 'string') throw new MsgpackProblem(`${typeof key} is not allowed for map key`)
    entries.push([key, readValue(reader, depth + 1)])
  }
  return Object.fromEntries(entries)
}

function asFloat(value: number): unknown {
  return Number.isInteger(value) ? new PythonFloat(value) : value
}

/** Beyond 2^53 digits are lost, as they are with JSON. */
function asInteger(value: bigint): number {
  return Number(value)
}

/** MessagePack of a reply; `undefined` fields are left out, dates and other classes are not expected. */
export function writeMsgpack(value: unknown): Uint8Array {
  const writer = new Writer()
  writer.value(value)
  return writer.bytes()
}

class Writer {
  #buffer = Buffer.allocUnsafe(4096)
  #at = 0

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#at)
  }

  #room(count: number): number {
    const start = this.#at
    if (start + count > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, start + count))
      this.#buffer.copy(larger, 0, 0, start)
      this.#buffer = larger
    }
    this.#at = start + count
    return start
  }

  value(value: unknown): void {
    if (value === null || value === undefined) this.#byte(0xc0)
    else if (typeof value === 'boolean') this.#byte(value ? 0xc3 : 0xc2)
    else if (typeof value === 'string') this.#string(value)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'bigint') this.#bigint(value)
    else if (value instanceof PythonFloat) this.#float(value.value)
    else if (value instanceof Uint8Array) this.#binary(value)
    else if (Array.isArray(value)) this.#array(value)
    else if (isPlainObject(value)) this.#map(value)
    else throw new MsgpackProblem(`cannot serialize a ${typeof value}`)
  }

  #byte(byte: number): void {
    const at = this.#room(1)
    this.#buffer[at] = byte
  }

  #float(value: number): void {
    this.#byte(0xcb)
    const at = this.#room(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  #number(value: number): void {
    if (!Number.isInteger(value)) return this.#float(value)
    if (value >= 0 && value < 0x80) return this.#byte(value)
    if (value < 0 && value >= -32) return this.#byte(value + 0x100)
    if (value >= -0x8000_0000 && value < 0x8000_0000) {
      this.#byte(0xd2)
      const at = this.#room(4)
      this.#buffer.writeInt32BE(value, at)
      return
    }
    this.#bigint(BigInt(value))
  }

  #bigint(value: bigint): void {
    const unsigned = value >= 0n
    if (value > 0xffff_ffff_ffff_ffffn || value < -0x8000_0000_0000_0000n) return this.#float(Number(value))
    this.#byte(unsigned ? 0xcf : 0xd3)
    const at = this.#room(8)
    if (unsigned) this.#buffer.writeBigUInt64BE(value, at)
    else this.#buffer.writeBigInt64BE(value, at)
  }

  #head(
    codes: { readonly short?: number; readonly shortMax: number; readonly wide: number },
    length: number,
  ): void {
    if (codes.short !== undefined && length <= codes.shortMax) return this.#byte(codes.short | length)
    if (length < 0x10000) {
      this.#byte(codes.wide)
      const at = this.#room(2)
      this.#buffer.writeUInt16BE(length, at)
      return
    }
    this.#byte(codes.wide + 1)
    const at = this.#room(4)
    this.#buffer.writeUInt32BE(length, at)
  }

  #string(value: string): void {
    const length = Buffer.byteLength(value)
    this.#head({ short: 0xa0, shortMax: 31, wide: 0xda }, length)
    const at = this.#room(length)
    this.#buffer.write(value, at, 'utf8')
  }

  #binary(value: Uint8Array): void {
    this.#head({ shortMax: 0, wide: 0xc5 }, value.length)
    const at = this.#room(value.length)
    this.#buffer.set(value, at)
  }

  #array(items: readonly unknown[]): void {
    this.#head({ short: 0x90, shortMax: 15, wide: 0xdc }, items.length)
    for (const item of items) this.value(item)
  }

  #map(value: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    this.#head({ short: 0x80, shortMax: 15, wide: 0xde }, entries.length)
    for (const [key, item] of entries) {
      this.#string(key)
      this.value(item)
    }
  }
}
