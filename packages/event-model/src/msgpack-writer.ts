/* MessagePack, as Python's msgpack with msgpack-numpy reads it.
 *   value  = nil c0 | false c2 | true c3 | int 00-7f e0-ff cc-cf d0-d3 | float64 cb | str a0-bf d9-db | bin c4-c6
 *          | array 90-9f dc dd | map 80-8f de df, keys str
 *   ndarray = map 5 {bin 'nd': true, bin 'type': str, bin 'kind': bin '', bin 'shape': array of int, bin 'data': bin}
 * Own code because no library can be told which integral numbers are floats, nor write map keys of type bin.
 * Hot path: bench/codec.ts. */

import { EventModelError } from './error.ts'
import { Complex, isNumericArray, NdArray, type NumericArray } from './nd-array.ts'

const initialBytes = 4096
/** A larger buffer is given back after the message that needed it. */
const keptBytes = 1_048_576
/** Nesting beyond this is taken for a cycle. */
export const maxDepth = 128

const dtypeCodes: Readonly<Record<string, string>> = {
  Int8Array: '|i1',
  Uint8Array: '|u1',
  Int16Array: '<i2',
  Uint16Array: '<u2',
  Int32Array: '<i4',
  Uint32Array: '<u4',
  BigInt64Array: '<i8',
  BigUint64Array: '<u8',
  Float32Array: '<f4',
  Float64Array: '<f8',
}

export interface WriteRule {
  /** Writes integral numbers as float64 too. */
  readonly float: boolean
}
export const asIs: WriteRule = { float: false }
export const asFloat: WriteRule = { float: true }

/** One growing buffer, reused from message to message. */
export class MsgpackWriter {
  #bytes = Buffer.allocUnsafeSlow(initialBytes)
  #view = new DataView(this.#bytes.buffer)
  #pos = 0
  #depth = 0
  readonly #numpy: boolean

  constructor(options: { readonly numpy: boolean }) {
    this.#numpy = options.numpy
  }

  reset(): void {
    this.#pos = 0
    this.#depth = 0
    if (this.#bytes.length > keptBytes) this.#resize(initialBytes)
  }

  /** A copy of what was written since reset. */
  take(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#pos))
  }

  mapHeader(size: number): void {
    this.#ensure(5)
    this.#header(size, 0x80, 0xde)
  }

  arrayHeader(size: number): void {
    this.#ensure(5)
    this.#header(size, 0x90, 0xdc)
  }

  #header(size: number, fix: number, wide: number): void {
    if (size < 16) this.#bytes[this.#pos++] = fix | size
    else if (size < 0x10000) {
      this.#bytes[this.#pos] = wide
      this.#view.setUint16(this.#pos + 1, size)
      this.#pos += 3
    } else {
      this.#bytes[this.#pos] = wide + 1
      this.#view.setUint32(this.#pos + 1, size)
      this.#pos += 5
    }
  }

  float(value: number): void {
    this.#ensure(9)
    this.#bytes[this.#pos] = 0xcb
    this.#view.setFloat64(this.#pos + 1, value)
    this.#pos += 9
  }

  string(value: string): void {
    const n = value.length
    this.#ensure(n * 3 + 5)
    if (n < 64 && this.#shortAscii(value, n)) return
    const byteLength = n < 64 ? Buffer.byteLength(value) : value.length === 0 ? 0 : Buffer.byteLength(value)
    const bytes = this.#bytes
    if (byteLength < 32) bytes[this.#pos++] = 0xa0 | byteLength
    else if (byteLength < 0x100) {
      bytes[this.#pos] = 0xd9
      bytes[this.#pos + 1] = byteLength
      this.#pos += 2
    } else if (byteLength < 0x10000) {
      bytes[this.#pos] = 0xda
      this.#view.setUint16(this.#pos + 1, byteLength)
      this.#pos += 3
    } else {
      bytes[this.#pos] = 0xdb
      this.#view.setUint32(this.#pos + 1, byteLength)
      this.#pos += 5
    }
    this.#pos += bytes.write(value, this.#pos)
  }

  #shortAscii(value: string, n: number): boolean {
    const bytes = this.#bytes
    const start = this.#pos + (n < 32 ? 1 : 2)
    for (let i = 0; i < n; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) return false
      bytes[start + i] = code
    }
    if (n < 32) bytes[this.#pos] = 0xa0 | n
    else {
      bytes[this.#pos] = 0xd9
      bytes[this.#pos + 1] = n
    }
    this.#pos = start + n
    return true
  }

  value(value: unknown, rule: WriteRule): void {
    switch (typeof value) {
      case 'string':
        this.string(value)
        break
      case 'number':
        this.number(value, rule)
        break
      case 'boolean':
        this.#byte(value ? 0xc3 : 0xc2)
        break
      case 'bigint':
        this.#bigint(value)
        break
      case 'undefined':
        this.#byte(0xc0)
        break
      case 'object':
        if (value === null) this.#byte(0xc0)
        else this.#object(value, rule)
        break
      case 'function':
      case 'symbol':
        throw notSerialisable(`a ${typeof value} cannot be written`)
    }
  }

  #object(value: object, rule: WriteRule): void {
    if (++this.#depth > maxDepth) throw notSerialisable(`nested deeper than ${maxDepth}, or a cycle`)
    if (Array.isArray(value)) {
      this.arrayHeader(value.length)
      for (const item of value) this.value(item, rule)
    } else if (Buffer.isBuffer(value)) this.bin(value)
    else if (isNumericArray(value)) this.#typedArray(value, rule)
    else if (value instanceof NdArray) this.#ndArray(value, rule)
    else if (value instanceof Complex) this.#complex(value)
    else if (value instanceof Map) this.record(Object.fromEntries(value), rule)
    else if (value instanceof Set) this.value([...value], rule)
    else if ('toJSON' in value && typeof value.toJSON === 'function') this.value(value.toJSON(), rule)
    else this.record(value as Readonly<Record<string, unknown>>, rule)
    this.#depth--
  }

  /** A map of the defined own fields. */
  record(record: Readonly<Record<string, unknown>>, rule: WriteRule): void {
    const keys = Object.keys(record)
    let size = keys.length
    for (const key of keys) if (record[key] === undefined) size--
    this.mapHeader(size)
    for (const key of keys) {
      const value = record[key]
      if (value === undefined) continue
      this.string(key)
      this.value(value, rule)
    }
  }

  number(value: number, rule: WriteRule): void {
    if (rule.float || !Number.isSafeInteger(value) || Object.is(value, -0)) this.float(value)
    else this.#integer(value)
  }

  #integer(value: number): void {
    this.#ensure(9)
    const bytes = this.#bytes
    const view = this.#view
    const pos = this.#pos
    if (value >= 0) {
      if (value < 0x80) {
        bytes[this.#pos++] = value
      } else if (value < 0x100) {
        bytes[pos] = 0xcc
        bytes[pos + 1] = value
        this.#pos += 2
      } else if (value < 0x10000) {
        bytes[pos] = 0xcd
        view.setUint16(pos + 1, value)
        this.#pos += 3
      } else if (value < 0x1_0000_0000) {
        bytes[pos] = 0xce
        view.setUint32(pos + 1, value)
        this.#pos += 5
      } else this.#wide(0xcf, BigInt(value))
    } else if (value >= -0x20) bytes[this.#pos++] = value & 0xff
    else if (value >= -0x80) {
      bytes[pos] = 0xd0
      view.setInt8(pos + 1, value)
      this.#pos += 2
    } else if (value >= -0x8000) {
      bytes[pos] = 0xd1
      view.setInt16(pos + 1, value)
      this.#pos += 3
    } else if (value >= -0x8000_0000) {
      bytes[pos] = 0xd2
      view.setInt32(pos + 1, value)
      this.#pos += 5
    } else this.#wide(0xd3, BigInt(value))
  }

  #wide(code: number, value: bigint): void {
    this.#ensure(9)
    this.#bytes[this.#pos] = code
    if (code === 0xcf) this.#view.setBigUint64(this.#pos + 1, value)
    else this.#view.setBigInt64(this.#pos + 1, value)
    this.#pos += 9
  }

  #bigint(value: bigint): void {
    if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) this.#integer(Number(value))
    else if (BigInt.asIntN(64, value) === value) this.#wide(0xd3, value)
    else if (BigInt.asUintN(64, value) === value) this.#wide(0xcf, value)
    else throw notSerialisable(`the integer ${value} needs more than 64 bits`)
  }

  bin(bytes: Uint8Array): void {
    const n = bytes.length
    this.#ensure(n + 5)
    if (n < 0x100) {
      this.#bytes[this.#pos] = 0xc4
      this.#bytes[this.#pos + 1] = n
      this.#pos += 2
    } else if (n < 0x10000) {
      this.#bytes[this.#pos] = 0xc5
      this.#view.setUint16(this.#pos + 1, n)
      this.#pos += 3
    } else {
      this.#bytes[this.#pos] = 0xc6
      this.#view.setUint32(this.#pos + 1, n)
      this.#pos += 5
    }
    this.#bytes.set(bytes, this.#pos)
    this.#pos += n
  }

  #typedArray(array: NumericArray, rule: WriteRule): void {
    if (!this.#numpy) {
      this.arrayHeader(array.length)
      for (const item of array) this.value(item, rule)
      return
    }
    const dtype = dtypeCodes[array.constructor.name]
    if (dtype === undefined) throw notSerialisable(`${array.constructor.name} has no numpy dtype`)
    this.#ndarray(dtype, [array.length], array)
  }

  #ndArray(array: NdArray, rule: WriteRule): void {
    if (this.#numpy) this.#ndarray(array.dtype, array.shape, array.data)
    else this.value(array.toLists(), rule)
  }

  #ndarray(dtype: string, shape: readonly number[], data: NumericArray): void {
    this.mapHeader(5)
    this.#binKey('nd')
    this.#byte(0xc3)
    this.#binKey('type')
    this.string(dtype)
    this.#binKey('kind')
    this.#binKey('')
    this.#binKey('shape')
    this.arrayHeader(shape.length)
    for (const n of shape) this.#integer(n)
    this.#binKey('data')
    this.bin(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }

  #complex(value: Complex): void {
    this.mapHeader(2)
    this.#binKey('complex')
    this.#byte(0xc3)
    this.#binKey('data')
    this.string(value.toString())
  }

  #binKey(text: string): void {
    this.#ensure(text.length + 2)
    this.#bytes[this.#pos++] = 0xc4
    this.#bytes[this.#pos++] = text.length
    this.#pos += this.#bytes.write(text, this.#pos, 'latin1')
  }

  #byte(code: number): void {
    this.#ensure(1)
    this.#bytes[this.#pos++] = code
  }

  #ensure(n: number): void {
    if (this.#pos + n > this.#bytes.length) this.#resize(Math.max(this.#bytes.length * 2, this.#pos + n))
  }

  #resize(size: number): void {
    const grown = Buffer.allocUnsafeSlow(size)
    grown.set(this.#bytes.subarray(0, this.#pos))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

function notSerialisable(message: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_NOT_SERIALISABLE',
    message,
    fault: 'caller',
    remedy: 'Put only JSON values, bigint, bytes (Buffer), typed arrays, NdArray and Complex into documents.',
  })
}
