import type { Value } from '../tree.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Datatype, NumberType } from './datatype.ts'
import { textReference } from './global-heap.ts'
import type { Space } from './object-header.ts'
import type { HeapPlace } from './object-messages.ts'

const typeOfArray: Readonly<Record<string, NumberType>> = {
  Uint8Array: 'u8',
  Uint16Array: 'u16',
  Uint32Array: 'u32',
  BigUint64Array: 'u64',
  Int8Array: 'i8',
  Int16Array: 'i16',
  Int32Array: 'i32',
  BigInt64Array: 'i64',
  Float32Array: 'f32',
  Float64Array: 'f64',
}

export interface EncodedValue {
  readonly type: Datatype
  readonly space: Space
  readonly data: Uint8Array
}

/** Encodes a small value; its texts go to the heap. */
export function encodeValue(value: Value, texts: HeapPlace, shape?: readonly number[]): EncodedValue {
  if (typeof value === 'string')
    return { type: { kind: 'text' }, space: { shape: [] }, data: text(value, texts) }
  if (typeof value === 'number') {
    return {
      type: { kind: 'number', type: 'f64' },
      space: { shape: [] },
      data: new Uint8Array(Float64Array.of(value).buffer),
    }
  }
  if (typeof value === 'bigint') {
    return {
      type: { kind: 'number', type: 'i64' },
      space: { shape: [] },
      data: new Uint8Array(BigInt64Array.of(value).buffer),
    }
  }
  if (!ArrayBuffer.isView(value)) {
    const out = new ByteWriter()
    for (const line of value) out.raw(text(line, texts))
    return { type: { kind: 'text' }, space: { shape: shape ?? [value.length] }, data: out.done() }
  }
  return {
    type: { kind: 'number', type: typeOfArray[value.constructor.name] ?? 'u8' },
    space: { shape: shape ?? [value.length] },
    data: new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
  }
}

function text(value: string, texts: HeapPlace): Uint8Array {
  const bytes = new TextEncoder().encode(value)
  // An empty text has no object in the heap.
  if (bytes.length === 0) return textReference(0, 0, 0)
  return textReference(bytes.length, texts.collection, texts.heap.add(bytes))
}
