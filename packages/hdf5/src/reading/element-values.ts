import type { Metadata } from 'h5wasm/node'
import { Hdf5Error } from '../error.ts'
import { typeClass } from './element-type.ts'
import type { PlainValue, TypedNumbers, Values } from './entity.ts'

type TypePart = Omit<Metadata, 'shape' | 'maxshape' | 'chunks' | 'total_size'> & {
  readonly shape?: readonly number[] | null
  readonly offset?: number
}

/** Memory of the library; what it gave lies in native byte order, which is little endian. */
export interface Heap {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Bytes of text and variable-length values that may still be taken. */
  left: number
}

export function unsupported(message: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_TYPE_UNSUPPORTED',
    message,
    fault: 'caller',
    remedy: 'Read another dataset, or convert this one.',
  })
}

export function tooLarge(message: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_TOO_LARGE',
    message,
    fault: 'caller',
    remedy: 'Select a smaller part, or raise maxBytes of the reader.',
  })
}

const integers = {
  1: [Uint8Array, Int8Array],
  2: [Uint16Array, Int16Array],
  4: [Uint32Array, Int32Array],
  8: [BigUint64Array, BigInt64Array],
} as const

const decoder = new TextDecoder()

function take(heap: Heap, bytes: number): void {
  heap.left -= bytes
  if (heap.left < 0)
    throw tooLarge('the texts and lists of the selection are larger than the reader may return')
}

/** 80-bit floats as x86 stores them, in 16 bytes. */
function longDouble(view: DataView, at: number): number {
  const head = view.getUint16(at + 8, true)
  const mantissa = view.getBigUint64(at, true)
  const exponent = head & 0x7fff
  const sign = (head & 0x8000) === 0 ? 1 : -1
  if (exponent === 0x7fff) return (mantissa & 0x7fff_ffff_ffff_ffffn) === 0n ? sign * Infinity : Number.NaN
  if (exponent !== 0 && mantissa >> 63n === 0n) throw unsupported('floats of 16 bytes that are not of x86')
  return sign * Number(mantissa) * 2 ** (exponent - 16_383 - 63)
}

function float16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** Elements of a number type at `at`; undefined when the type is none. */
function numbers(heap: Heap, part: TypePart, run: { at: number; count: number }): TypedNumbers | undefined {
  const { at, count } = run
  const { size, signed, type } = part
  const isWhole = type === typeClass.integer || type === typeClass.enumeration || type === typeClass.bitfield
  if (isWhole) {
    const arrays = integers[size as keyof typeof integers]
    if (arrays === undefined) {
      if (type === typeClass.bitfield) return undefined
      throw unsupported(`integers of ${size} bytes`)
    }
    const copy = heap.bytes.slice(at, at + count * size).buffer
    return new arrays[signed ? 1 : 0](copy)
  }
  if (type !== typeClass.float) return undefined
  switch (size) {
    case 8:
      return new Float64Array(heap.bytes.slice(at, at + count * 8).buffer)
    case 4:
      return new Float32Array(heap.bytes.slice(at, at + count * 4).buffer)
    case 2:
      return Float32Array.from({ length: count }, (_, index) =>
        float16(heap.view.getUint16(at + index * 2, true)),
      )
    case 16:
      return Float64Array.from({ length: count }, (_, index) => longDouble(heap.view, at + index * 16))
    default:
      throw unsupported(`floats of ${size} bytes`)
  }
}

function text(heap: Heap, part: TypePart, at: number): string {
  if (part.vlen) {
    const from = heap.view.getUint32(at, true)
    if (from === 0) return ''
    const end = heap.bytes.indexOf(0, from)
    take(heap, end - from)
    return decoder.decode(heap.bytes.slice(from, end))
  }
  take(heap, part.size)
  const bytes = heap.bytes.slice(at, at + part.size)
  const end = bytes.indexOf(0)
  const whole = decoder.decode(end < 0 ? bytes : bytes.subarray(0, end))
  return part.strpad === 2 ? whole.replace(/ +$/, '') : whole
}

function nest(flat: readonly PlainValue[], dims: readonly number[]): PlainValue {
  const [length = 0, ...rest] = dims
  if (rest.length === 0) return flat
  const each = rest.reduce((product, dimension) => product * dimension, 1)
  return Array.from({ length }, (_, index) => nest(flat.slice(index * each, (index + 1) * each), rest))
}

/** One element of any type. */
function element(heap: Heap, part: TypePart, at: number): PlainValue {
  switch (part.type) {
    case typeClass.string:
      return text(heap, part, at)
    case typeClass.compound:
      return (part.compound_type?.members ?? []).map((member) => element(heap, member, at + member.offset))
    case typeClass.array: {
      const { array_type: base } = part
      if (base === undefined) throw unsupported('an array without a base type')
      const dims = base.shape ?? []
      const count = dims.reduce((product, dimension) => product * dimension, 1)
      take(heap, count * 8)
      return nest(
        Array.from({ length: count }, (_, index) => element(heap, base, at + index * base.size)),
        dims,
      )
    }
    case typeClass.vlen: {
      const { vlen_type: base } = part
      if (base === undefined) throw unsupported('a list without a base type')
      const length = heap.view.getUint32(at, true)
      const from = heap.view.getUint32(at + 4, true)
      take(heap, length * base.size)
      return Array.from({ length }, (_, index) => element(heap, base, from + index * base.size))
    }
    default: {
      const one = numbers(heap, part, { at, count: 1 })
      if (one === undefined) return Array.from(heap.bytes.subarray(at, at + part.size))
      return one[0] ?? 0
    }
  }
}

/** The elements that the library put at `at`, as plain data. */
export function decodeElements(
  heap: Heap,
  part: TypePart,
  run: { readonly at: number; readonly count: number; readonly shape: readonly number[] },
): Values {
  const { at, count, shape } = run
  const data = numbers(heap, part, { at, count })
  if (data !== undefined) return { kind: 'numbers', shape, data }
  const isStructured =
    part.type === typeClass.string ||
    part.type === typeClass.compound ||
    part.type === typeClass.array ||
    part.type === typeClass.vlen
  if (!isStructured)
    return {
      kind: 'bytes',
      shape,
      elementBytes: part.size,
      data: heap.bytes.slice(at, at + count * part.size),
    }
  return {
    kind: 'values',
    shape,
    data: Array.from({ length: count }, (_, index) => element(heap, part, at + index * part.size)),
  }
}
