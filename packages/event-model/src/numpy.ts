/* The maps of msgpack-numpy, keys of type bin (msgpack_numpy.py 0.4.8):
 *   ndarray   {nd: true, type: dtype, kind: '' | 'V' | 'O', shape: [n], data: bytes}   dtype str, or [[name, dtype], …]
 *   scalar    {nd: false, type: dtype, data: bytes}
 *   complex   {complex: true, data: repr}
 *   dtype     byte order '|' '<' '>', kind b i u f c m M S U V, item bytes, unit in brackets for m M */

import { EventModelError } from './error.ts'
import { Complex, NdArray, type NumericArray } from './nd-array.ts'

/** Elements that take no bytes can be claimed without sending any: more than this is refused. */
const maxEmptyElements = 65_536

/** Decodes one such map. Throws EVENT_MODEL_MALFORMED, EVENT_MODEL_PICKLE_REFUSED. */
export function decodeNumpyMap(fields: ReadonlyMap<string, unknown>): unknown {
  const data = fields.get('data')
  if (fields.get('complex') === true) return parseComplex(data)
  const nd = fields.get('nd')
  if (typeof nd !== 'boolean' || !Buffer.isBuffer(data)) throw malformed('a map has keys of type bin')
  const kind = fields.get('kind')
  if (Buffer.isBuffer(kind) && kind.toString('latin1') === 'O') throw pickleRefused()
  const type = parseType(fields.get('type'), 0)
  if (!nd) return readElement(type, data, 0)
  return readArray(type, parseShape(fields.get('shape'), type, data), data)
}

type ElementType =
  | {
      readonly kind: 'plain'
      readonly code: string
      readonly big: boolean
      readonly size: number
      readonly dtype: string
    }
  | {
      readonly kind: 'struct'
      readonly size: number
      readonly fields: readonly {
        readonly type: ElementType
        readonly at: number
        readonly shape: readonly number[]
      }[]
    }

function parseType(type: unknown, depth: number): ElementType {
  if (typeof type === 'string') return parsePlainType(type)
  if (!Array.isArray(type) || depth > 8) throw malformed('a dtype is neither text nor a list')
  let at = 0
  const fields = type.map((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length < 2) throw malformed('a structured dtype has a bad field')
    const fieldType = parseType(entry[1], depth + 1)
    const shape: readonly number[] = entry.length > 2 ? parseDimensions(entry[2]) : []
    const field = { type: fieldType, at, shape }
    at += fieldType.size * shape.reduce((product, n) => product * n, 1)
    return field
  })
  return { kind: 'struct', size: at, fields }
}

function parsePlainType(text: string): ElementType {
  const match = /^([|<>=]?)([?bBiufcmMSUVO])(\d{0,9})(\[[^\]]*\])?$/.exec(text)
  if (!match) throw malformed(`unknown dtype '${text.slice(0, 40)}'`)
  const [, order = '', letter = '', digits = '', unit = ''] = match
  if (letter === 'O') throw pickleRefused()
  const items = digits === '' ? 1 : Number(digits)
  const code = letter === '?' ? 'b1' : 'SUV'.includes(letter) ? letter : `${letter}${items}`
  const size = letter === 'U' ? items * 4 : items
  const dtype = `${size === 1 ? '|' : '<'}${code}${unit}`
  return { kind: 'plain', code, big: order === '>', size, dtype }
}

function parseDimensions(shape: unknown): readonly number[] {
  if (!Array.isArray(shape) || shape.length > 32)
    throw malformed('a shape is not a list of at most 32 lengths')
  return shape.map((n: unknown) => {
    if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 0)
      throw malformed('a shape has a bad length')
    return n
  })
}

function parseShape(shape: unknown, type: ElementType, data: Buffer): readonly number[] {
  const dimensions = parseDimensions(shape)
  const count = dimensions.reduce((product, n) => product * n, 1)
  if (count * type.size !== data.length) throw malformed('the data of an array do not match its shape')
  if (type.size === 0 && count > maxEmptyElements) throw malformed('an array has too many empty elements')
  return dimensions
}

function readArray(type: ElementType, shape: readonly number[], data: Buffer): unknown {
  const numeric = type.kind === 'plain' ? readNumeric(type, data) : null
  if (numeric) {
    if (shape.length === 1 && numeric.plain) return numeric.data
    const array = new NdArray(numeric.dtype, shape, numeric.data)
    return shape.length === 0 ? array.toLists() : array
  }
  return readLists({ type, shape, data }, 0)
}

interface ListSource {
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly data: Buffer
}

function readLists(source: ListSource, start: number): unknown {
  let at = start
  const build = (axis: number): unknown => {
    if (axis === source.shape.length) {
      const value = readElement(source.type, source.data, at)
      at += source.type.size
      return value
    }
    return Array.from({ length: source.shape[axis] ?? 0 }, () => build(axis + 1))
  }
  return build(0)
}

/* `plain`: a typed array alone tells the dtype. */
function readNumeric(
  type: ElementType & { readonly kind: 'plain' },
  data: Buffer,
): { readonly data: NumericArray; readonly dtype: string; readonly plain: boolean } | null {
  const { code, dtype } = type
  if (code === 'f2') return { data: halfFloats(data, type.big), dtype: '<f4', plain: true }
  const bytes = nativeBytes(data, type)
  const make = code.startsWith('m') || code.startsWith('M') ? constructors['i8'] : constructors[code]
  if (!make || bytes.byteLength % make.BYTES_PER_ELEMENT !== 0) return null
  const plain = !/^[bmM]/.test(code)
  return { data: new make(bytes), dtype, plain }
}

const constructors: Readonly<
  Record<string, { new (buffer: ArrayBuffer): NumericArray; readonly BYTES_PER_ELEMENT: number }>
> = {
  b1: Uint8Array,
  i1: Int8Array,
  u1: Uint8Array,
  B1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
}

/* A copy, so that it is aligned and does not keep the whole message, in little endian order. */
function nativeBytes(data: Buffer, type: ElementType & { readonly kind: 'plain' }): ArrayBuffer {
  const copy = new ArrayBuffer(data.length)
  const bytes = Buffer.from(copy)
  bytes.set(data)
  if (type.big && data.length % type.size === 0) {
    if (type.size === 2) bytes.swap16()
    else if (type.size === 4) bytes.swap32()
    else if (type.size === 8) bytes.swap64()
  }
  return copy
}

function halfFloats(data: Buffer, big: boolean): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Float32Array.from({ length: data.length >> 1 }, (_, i) => halfToNumber(view.getUint16(i * 2, !big)))
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/* x86 extended precision in 12 or 16 bytes, little endian: 64-bit mantissa with explicit one, 15-bit exponent, sign. */
function extendedToNumber(data: Buffer, at: number): number {
  const mantissa = Number(data.readBigUInt64LE(at))
  const top = data.readUInt16LE(at + 8)
  const sign = top & 0x8000 ? -1 : 1
  const exponent = top & 0x7fff
  if (exponent === 0x7fff)
    return (data.readBigUInt64LE(at) & 0x7fff_ffff_ffff_ffffn) === 0n ? sign * Infinity : NaN
  return sign * mantissa * 2 ** (exponent - 16_383 - 63)
}

function readElement(type: ElementType, data: Buffer, at: number): unknown {
  if (at + type.size > data.length) throw malformed('the data of a value are too short')
  if (type.kind === 'struct') {
    return type.fields.map((field) =>
      readLists({ type: field.type, shape: field.shape, data }, at + field.at),
    )
  }
  const bytes = data.subarray(at, at + type.size)
  if (type.code === 'U') return readText(bytes, type)
  if (type.code === 'S') return trimZeros(bytes.toString('latin1'))
  if (type.code === 'V') return Buffer.from(bytes)
  if (type.code === 'c8' || type.code === 'c16') return readComplex(bytes, type)
  if (type.code === 'f12' || type.code === 'f16') return extendedToNumber(data, at)
  const numeric = readNumeric(type, bytes)
  if (!numeric) throw malformed(`unsupported dtype '${type.dtype}'`)
  const value = new NdArray(numeric.dtype, [], numeric.data).toLists()
  return typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value
}

function readText(bytes: Buffer, type: ElementType & { readonly kind: 'plain' }): string {
  let text = ''
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    const point = type.big ? bytes.readUInt32BE(i) : bytes.readUInt32LE(i)
    if (point > 0x10ffff) throw malformed('a text has a character beyond Unicode')
    text += String.fromCodePoint(point)
  }
  return trimZeros(text)
}

function trimZeros(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--
  return text.slice(0, end)
}

function readComplex(bytes: Buffer, type: ElementType & { readonly kind: 'plain' }): Complex {
  const half = type.size / 2
  const read = (i: number): number => {
    if (half === 4) return type.big ? bytes.readFloatBE(i) : bytes.readFloatLE(i)
    return type.big ? bytes.readDoubleBE(i) : bytes.readDoubleLE(i)
  }
  return new Complex(read(0), read(half))
}

const numberText = String.raw`[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|nan)`
const complexText = new RegExp(`^\\(?(?:(${numberText})(?=[+-]))?(${numberText})j\\)?$`, 'i')

function parseComplex(data: unknown): Complex {
  const text = Buffer.isBuffer(data) ? data.toString('latin1') : data
  const match = typeof text === 'string' && text.length < 200 ? complexText.exec(text) : null
  if (!match) throw malformed('a complex number is not one')
  return new Complex(pythonFloat(match[1] ?? '0'), pythonFloat(match[2] ?? '0'))
}

function pythonFloat(text: string): number {
  if (/nan/i.test(text)) return NaN
  return /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)
}

function malformed(message: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_MALFORMED',
    message: `not a msgpack-numpy value: ${message}`,
    fault: 'peer',
    remedy: 'Send numpy values as msgpack-numpy writes them.',
  })
}

function pickleRefused(): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_PICKLE_REFUSED',
    message: 'an array of Python objects is a pickle and is not read',
    fault: 'peer',
    remedy: 'Give the array a numeric or text dtype, or send a list.',
  })
}
