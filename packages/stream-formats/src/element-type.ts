import { malformed } from './error.ts'
import type { NumberVector, VectorName } from './flatbuffers/field.ts'
import { vectorConstructors } from './flatbuffers/vector-constructors.ts'

/** The numbers by which da00 names its element types; ad00 uses one less. */
export const elementTypes = [
  'i8',
  'u8',
  'i16',
  'u16',
  'i32',
  'u32',
  'i64',
  'u64',
  'f32',
  'f64',
] as const satisfies readonly VectorName[]

/** Number of the text type in da00 (9 + 2). */
export const textType = 11

/** The bytes as numbers: in place where they are aligned, else copied. */
export function numbersOf(bytes: Uint8Array, type: VectorName): NumberVector {
  const Numbers = vectorConstructors[type]
  const size = Numbers.BYTES_PER_ELEMENT
  if (bytes.length % size !== 0) throw malformed(`${bytes.length} bytes are no whole ${type} elements`)
  if (bytes.byteOffset % size === 0)
    return new Numbers(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / size)
  return new Numbers(new Uint8Array(bytes).buffer)
}

/** Position of the values' type in elementTypes. */
export function typeIndexOf(values: NumberVector): number {
  return elementTypes.findIndex((type) => values instanceof vectorConstructors[type])
}

export function bytesOfNumbers(values: NumberVector): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** Number of elements of a shape; malformed when it does not fit what is there. */
export function checkShape(shape: BigInt64Array, elements: number, name: string): number[] {
  const sizes = Array.from(shape, Number)
  const product = sizes.reduce((all, size) => all * size, 1)
  if (sizes.some((size) => size < 0) || product !== elements)
    throw malformed(`${name} has ${elements} elements for the shape ${sizes.join(' x ')}`)
  return sizes
}
