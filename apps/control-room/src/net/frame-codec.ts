/* Binary frames of the interface, little endian.
 *   header   0 'CRF1'  4 u8 type (1 image, 2 arrays)  5 u8 flags (1 skipped, 2 stale, 4 recorded)  6 u16 payload offset
 *            8 u32 subscription  12 u32 seq  16 f64 source time  24 f64 send time (epoch ms)
 *   type 2   32 u32 JSON bytes  36 u32 number of arrays  40 JSON text, zero-padded to 8, then the arrays, each aligned to 8;
 *            `off` of an array counts from the first byte after the padded JSON. 'str' = u32 offsets (n+1), then UTF-8.
 */
export type ArrayDtype = 'f64' | 'f32' | 'i64' | 'u64' | 'i32' | 'u32' | 'u16' | 'u8' | 'str'
export type FrameArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | readonly string[]

export interface FrameColumn {
  readonly name: string
  readonly dtype: ArrayDtype
  readonly shape: readonly number[]
  readonly unit?: string
  readonly label?: string
  readonly data: FrameArray
}

interface FrameHeader {
  readonly skipped: boolean
  readonly stale: boolean
  readonly recorded: boolean
  readonly subscription: number
  readonly seq: number
  readonly sourceTimeMs: number
  readonly sendTimeMs: number
}

export interface ArraysFrame extends FrameHeader {
  readonly kind: 'arrays'
  /** The JSON part as sent: kind, title, first row, reduced, ... */
  readonly meta: Readonly<Record<string, unknown>>
  readonly columns: readonly FrameColumn[]
}

export interface ImageFrame extends FrameHeader {
  readonly kind: 'image'
  readonly frameNumber: bigint
  readonly source: { readonly width: number; readonly height: number }
  readonly region: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly columns: number
  readonly rows: number
  readonly lo: number
  readonly hi: number
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly masked: number
  readonly saturated: number
  readonly bin: number
  /** Colour index of each pixel: 0 masked, 1..253 value, 254 above the range, 255 saturated. Empty for other dtypes. */
  readonly index: Uint8Array
  /** Raw values around the pointer; outside of the image NaN. Null when none was asked for. */
  readonly probe: {
    readonly x: number
    readonly y: number
    readonly side: number
    readonly values: Float32Array
  } | null
  /** Pixels per value over [lo, hi] in the chosen scale; empty when not asked for. */
  readonly histogram: Uint32Array
  readonly rois: readonly RoiRecord[]
}

/** Statistics of a region; the centre of mass in source pixels. */
export interface RoiRecord {
  readonly id: number
  readonly n: number
  readonly sum: number
  readonly mean: number
  readonly std: number
  readonly min: number
  readonly max: number
  readonly x: number
  readonly y: number
}

export type Frame = ArraysFrame | ImageFrame

/** Thrown for bytes that are not a frame; `offset` says where reading stopped. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
  readonly offset: number
  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`)
    this.offset = offset
  }
}

const elementBytes: Record<Exclude<ArrayDtype, 'str'>, number> = {
  f64: 8,
  f32: 4,
  i64: 8,
  u64: 8,
  i32: 4,
  u32: 4,
  u16: 2,
  u8: 1,
}
const maxJsonBytes = 4_194_304
/** Not by bits: sizes that a damaged frame claims do not fit 32 of them. */
const pad8 = (n: number): number => Math.ceil(n / 8) * 8

/** Reads one frame. Arrays are copies, so that the buffer may be reused. Throws FrameError. */
export function decodeFrame(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < 40) throw new FrameError('frame is shorter than its header', buffer.byteLength)
  const view = new DataView(buffer)
  if (view.getUint32(0, true) !== 0x31465243) throw new FrameError('frame does not start with CRF1', 0)
  const flags = view.getUint8(5)
  const header: FrameHeader = {
    skipped: (flags & 1) !== 0,
    stale: (flags & 2) !== 0,
    recorded: (flags & 4) !== 0,
    subscription: view.getUint32(8, true),
    seq: view.getUint32(12, true),
    sourceTimeMs: view.getFloat64(16, true),
    sendTimeMs: view.getFloat64(24, true),
  }
  const type = view.getUint8(4)
  if (type === 1) return decodeImage(view, header)
  if (type === 2) return decodeArrays(view, header)
  throw new FrameError(`unknown frame type ${type}`, 4)
}

function decodeArrays(view: DataView, header: FrameHeader): ArraysFrame {
  const offset = view.getUint16(6, true)
  const jsonBytes = view.getUint32(32, true)
  const count = view.getUint32(36, true)
  if (jsonBytes > maxJsonBytes || offset + jsonBytes > view.byteLength)
    throw new FrameError('JSON part exceeds the frame', 32)
  const meta = parseMeta(new TextDecoder().decode(new Uint8Array(view.buffer, offset, jsonBytes)))
  const listed = meta['arrays']
  if (!Array.isArray(listed) || listed.length !== count)
    throw new FrameError('number of arrays differs from the JSON part', 36)
  const base = offset + pad8(jsonBytes)
  return {
    kind: 'arrays',
    ...header,
    meta,
    columns: listed.map((entry: unknown) => readColumn(view, base, entry)),
  }
}

function parseMeta(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new FrameError('JSON part cannot be parsed', 40)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FrameError('JSON part is not an object', 40)
  return value as Record<string, unknown>
}

function readColumn(view: DataView, base: number, entry: unknown): FrameColumn {
  if (typeof entry !== 'object' || entry === null) throw new FrameError('array entry is not an object', 40)
  const { name, dtype, shape, off, unit, label } = entry as Record<string, unknown>
  if (typeof name !== 'string' || !isDtype(dtype) || !isShape(shape) || typeof off !== 'number' || off < 0)
    throw new FrameError('array entry lacks name, dtype, shape or off', 40)
  const length = shape.reduce((product, n) => product * n, 1)
  const start = base + off
  const data =
    dtype === 'str' ? readStrings(view, start, length) : readNumbers(view, start, { dtype, length })
  return {
    name,
    dtype,
    shape,
    data,
    ...(typeof unit === 'string' ? { unit } : {}),
    ...(typeof label === 'string' ? { label } : {}),
  }
}

function readNumbers(
  view: DataView,
  start: number,
  want: { dtype: Exclude<ArrayDtype, 'str'>; length: number },
): FrameArray {
  const bytes = want.length * elementBytes[want.dtype]
  if (start + bytes > view.byteLength) throw new FrameError('array exceeds the frame', start)
  const part = view.buffer.slice(start, start + bytes) as ArrayBuffer
  switch (want.dtype) {
    case 'f64':
      return new Float64Array(part)
    case 'f32':
      return new Float32Array(part)
    case 'i64':
      return new BigInt64Array(part)
    case 'u64':
      return new BigUint64Array(part)
    case 'i32':
      return new Int32Array(part)
    case 'u32':
      return new Uint32Array(part)
    case 'u16':
      return new Uint16Array(part)
    case 'u8':
      return new Uint8Array(part)
  }
}

function readStrings(view: DataView, start: number, length: number): readonly string[] {
  const text = start + (length + 1) * 4
  if (text > view.byteLength) throw new FrameError('string offsets exceed the frame', start)
  const decoder = new TextDecoder()
  return Array.from({ length }, (_, i) => {
    const from = text + view.getUint32(start + i * 4, true)
    const to = text + view.getUint32(start + i * 4 + 4, true)
    if (to < from || to > view.byteLength) throw new FrameError('string exceeds the frame', from)
    return decoder.decode(new Uint8Array(view.buffer, from, to - from))
  })
}

function isDtype(value: unknown): value is ArrayDtype {
  return value === 'str' || (typeof value === 'string' && Object.hasOwn(elementBytes, value))
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isInteger(n) && n >= 0 && n <= 0xffffffff)
}

const roiBytes = 64

function decodeImage(view: DataView, header: FrameHeader): ImageFrame {
  const offset = view.getUint16(6, true)
  if (offset < 128 || view.byteLength < 128) throw new FrameError('image header is too short', 6)
  const u32 = (at: number): number => view.getUint32(at, true)
  const columns = u32(64)
  const rows = u32(68)
  const isIndex = view.getUint8(72) === 0
  const pixelBytes = isIndex ? columns * rows : 0
  if (offset + pixelBytes > view.byteLength) throw new FrameError('pixels exceed the frame', offset)
  return {
    kind: 'image',
    ...header,
    frameNumber: view.getBigUint64(32, true),
    source: { width: u32(40), height: u32(44) },
    region: { x: u32(48), y: u32(52), w: u32(56), h: u32(60) },
    columns,
    rows,
    bin: view.getUint16(76, true),
    lo: view.getFloat64(80, true),
    hi: view.getFloat64(88, true),
    min: view.getFloat32(96, true),
    max: view.getFloat32(100, true),
    sum: view.getFloat64(104, true),
    masked: u32(112),
    saturated: u32(116),
    index: new Uint8Array(view.buffer.slice(offset, offset + pixelBytes) as ArrayBuffer),
    ...(isIndex
      ? decodeParts(view, offset + pad8(pixelBytes))
      : { probe: null, histogram: new Uint32Array(0), rois: [] }),
  }
}

/** What follows the pixels: probe, histogram, regions, each padded to 8 bytes. */
function decodeParts(view: DataView, from: number): Pick<ImageFrame, 'probe' | 'histogram' | 'rois'> {
  const side = view.getUint16(122, true)
  const bins = view.getUint32(124, true)
  const count = view.getUint16(120, true)
  const probeBytes = side === 0 ? 0 : pad8(8 + side * side * 4)
  const histogramAt = from + probeBytes
  const roisAt = histogramAt + pad8(bins * 4)
  if (count * roiBytes + roisAt > view.byteLength && count + bins + side > 0)
    throw new FrameError('statistics exceed the frame', from)
  const part = (at: number, bytes: number): ArrayBuffer => view.buffer.slice(at, at + bytes) as ArrayBuffer
  return {
    probe:
      side === 0
        ? null
        : {
            x: view.getInt32(from, true),
            y: view.getInt32(from + 4, true),
            side,
            values: new Float32Array(part(from + 8, side * side * 4)),
          },
    histogram: new Uint32Array(part(histogramAt, bins * 4)),
    rois: Array.from({ length: count }, (_, index) => decodeRoi(view, roisAt + index * roiBytes)),
  }
}

function decodeRoi(view: DataView, at: number): RoiRecord {
  const f64 = (offset: number): number => view.getFloat64(at + offset, true)
  return {
    id: view.getUint32(at, true),
    n: view.getUint32(at + 4, true),
    sum: f64(8),
    mean: f64(16),
    std: f64(24),
    min: view.getFloat32(at + 32, true),
    max: view.getFloat32(at + 36, true),
    x: f64(40),
    y: f64(48),
  }
}

/** Column as doubles for drawing; text columns give NaN. 64-bit integers lose precision above 2^53, which drawing does not see. */
export function toDoubles(data: FrameArray): Float64Array {
  if (data instanceof Float64Array) return data
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number)
  if (isTextArray(data)) return new Float64Array(data.length).fill(Number.NaN)
  return Float64Array.from(data)
}

export function isTextArray(data: FrameArray): data is readonly string[] {
  return Array.isArray(data)
}
