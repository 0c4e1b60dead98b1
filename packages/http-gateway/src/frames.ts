/*
 * Binary frames of the socket, little endian.
 *   0 'CRF1'  4 u8 type (1 image, 2 arrays)  5 u8 flags  6 u16 payload offset  8 u32 subscription  12 u32 seq
 *   16 f64 source time (epoch ms)  24 f64 send time (epoch ms)
 *   type 2, payload offset 40:  32 u32 JSON bytes  36 u32 number of arrays, then JSON padded to 8, then arrays each aligned to 8
 */
import type { ArrayInfo, ArraysHeader } from './ui-types.ts'

type ArrayValues =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | readonly string[]

export interface NamedArray extends Omit<ArrayInfo, 'off' | 'dtype' | 'shape'> {
  readonly values: ArrayValues
  /** Default: one dimension. */
  readonly shape?: readonly number[]
}

export interface ArraysFrame {
  readonly subscription: number
  readonly seq: number
  readonly sourceMs: number
  readonly sentMs: number
  readonly flags?: number
  readonly header: Omit<ArraysHeader, 'arrays'>
  readonly arrays: readonly NamedArray[]
}

/** What stands at byte 4. */
export const frameTypes = { image: 1, arrays: 2 } as const

const payloadOffset = 40
const pad8 = (bytes: number): number => (bytes + 7) & ~7

/** Encodes a frame of type 2. Writes the multi-byte values in the byte order of the machine, which is little endian on all that Node runs on. */
export function encodeArraysFrame(frame: ArraysFrame): Uint8Array {
  const parts = frame.arrays.map(({ values, ...info }) => ({
    info,
    ...encodeValues(values),
    count: values.length,
  }))
  let off = 0
  const arrays: ArrayInfo[] = []
  for (const { info, dtype, bytes, count } of parts) {
    const { name, shape = [count], ...rest } = info
    arrays.push({ name, dtype, shape, ...rest, off })
    off += pad8(bytes.byteLength)
  }
  const json = new TextEncoder().encode(JSON.stringify({ ...frame.header, arrays }))
  const start = payloadOffset + pad8(json.byteLength)
  const last = parts.at(-1)
  const lastPadding = last === undefined ? 0 : pad8(last.bytes.byteLength) - last.bytes.byteLength
  const out = new Uint8Array(start + off - lastPadding)
  writeHeader(new DataView(out.buffer), frame, { jsonBytes: json.byteLength, arrays: arrays.length })
  out.set(json, payloadOffset)
  for (const [at, { bytes }] of parts.entries()) out.set(bytes, start + (arrays[at]?.off ?? 0))
  return out
}

function writeHeader(view: DataView, frame: ArraysFrame, sizes: { jsonBytes: number; arrays: number }): void {
  view.setUint32(0, 0x31_46_52_43, true)
  view.setUint8(4, frameTypes.arrays)
  view.setUint8(5, frame.flags ?? 0)
  view.setUint16(6, payloadOffset, true)
  view.setUint32(8, frame.subscription, true)
  view.setUint32(12, frame.seq >>> 0, true)
  view.setFloat64(16, frame.sourceMs, true)
  view.setFloat64(24, frame.sentMs, true)
  view.setUint32(32, sizes.jsonBytes, true)
  view.setUint32(36, sizes.arrays, true)
}

function encodeValues(values: ArrayValues): {
  readonly dtype: ArrayInfo['dtype']
  readonly bytes: Uint8Array
} {
  if (Array.isArray(values)) return { dtype: 'str', bytes: encodeStrings(values as readonly string[]) }
  const typed = values as Exclude<ArrayValues, readonly string[]>
  return { dtype: dtypeOf(typed), bytes: new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength) }
}

function dtypeOf(values: Exclude<ArrayValues, readonly string[]>): ArrayInfo['dtype'] {
  switch (values[Symbol.toStringTag]) {
    case 'Float64Array':
      return 'f64'
    case 'Float32Array':
      return 'f32'
    case 'BigInt64Array':
      return 'i64'
    case 'BigUint64Array':
      return 'u64'
    case 'Int32Array':
      return 'i32'
    case 'Uint32Array':
      return 'u32'
    case 'Uint16Array':
      return 'u16'
    case 'Uint8Array':
      return 'u8'
  }
}

/** u32 offsets (n + 1), then UTF-8. */
function encodeStrings(values: readonly string[]): Uint8Array {
  const encoder = new TextEncoder()
  const texts = values.map((value) => encoder.encode(value))
  const head = 4 * (values.length + 1)
  const out = new Uint8Array(texts.reduce((sum, text) => sum + text.byteLength, head))
  const view = new DataView(out.buffer)
  let at = 0
  for (const [index, text] of texts.entries()) {
    view.setUint32(4 * index, at, true)
    out.set(text, head + at)
    at += text.byteLength
  }
  view.setUint32(4 * values.length, at, true)
  return out
}
