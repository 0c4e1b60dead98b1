import { CaError } from '../error.ts'
import { writeU16, writeU32 } from '../messages/header.ts'
import { encodeText } from '../messages/message.ts'
import { writeBigEndian } from './byte-order.ts'
import type { CaMetadata, CaReading, CaValue, NumberArray } from './dbr-reading.ts'
import { dbrTypes, elementBytes, type DbrType, type NativeType } from './dbr-type.ts'

const stringBytes = 40
const enumStateBytes = 26

type NumberType = Exclude<NativeType, 'string'>

const writers: Record<NumberType, (view: DataView, at: number, value: number) => void> = {
  short: (view, at, value) => view.setInt16(at, value),
  float: (view, at, value) => view.setFloat32(at, value),
  enum: (view, at, value) => view.setUint16(at, value),
  char: (view, at, value) => view.setUint8(at, value),
  long: (view, at, value) => view.setInt32(at, value),
  double: (view, at, value) => view.setFloat64(at, value),
}

/** Arrays that hold the elements as they are. */
const arrays = {
  short: Int16Array,
  float: Float32Array,
  enum: Uint16Array,
  char: Uint8Array,
  long: Int32Array,
  double: Float64Array,
} as const satisfies Record<NumberType, new (count: number) => NumberArray>

/** Elements in a value. */
export function countOf(value: CaValue): number {
  return typeof value === 'number' || typeof value === 'string' ? 1 : value.length
}

function isText(value: CaValue): value is string | readonly string[] {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && (value.length === 0 || typeof value[0] === 'string'))
  )
}

function putText(
  bytes: Uint8Array,
  at: number,
  limits: { readonly text: string; readonly room: number },
): void {
  const text = encodeText(limits.text)
  bytes.set(text.subarray(0, limits.room), at)
}

/** Writes elements big-endian from `at` on. Throws CA_VALUE_UNFIT when texts and numbers are mixed up. */
function writeElements(
  place: { readonly bytes: Uint8Array; readonly at: number },
  native: NativeType,
  value: CaValue,
): void {
  const { bytes, at } = place
  if (native === 'string') {
    if (!isText(value)) throw new CaError('CA_VALUE_UNFIT', 'a string type takes texts')
    const texts = typeof value === 'string' ? [value] : value
    for (let i = 0; i < texts.length; i++)
      // 39 bytes and a NUL: records cut there.
      putText(bytes, at + i * stringBytes, { text: texts[i] ?? '', room: stringBytes - 1 })
    return
  }
  if (isText(value)) throw new CaError('CA_VALUE_UNFIT', `${native} takes numbers`)
  if (value instanceof arrays[native]) {
    writeBigEndian(value, bytes, at)
    return
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const write = writers[native]
  if (typeof value === 'number') {
    write(view, at, value)
    return
  }
  const size = elementBytes[native]
  const numbers = value as NumberArray
  for (let i = 0; i < numbers.length; i++) write(view, at + i * size, numbers[i] ?? 0)
}

/** The payload of a put: elements alone. A single string goes as its bytes and a NUL, as the C library sends it. */
export function encodePlain(native: NativeType, value: CaValue): Uint8Array {
  if (native === 'string' && typeof value === 'string') {
    const text = encodeText(value)
    if (text.length >= stringBytes)
      throw new CaError('CA_VALUE_UNFIT', `a string of ${text.length} bytes; 39 are the most`)
    const bytes = new Uint8Array(text.length + 1)
    bytes.set(text)
    return bytes
  }
  const bytes = new Uint8Array(countOf(value) * elementBytes[native])
  writeElements({ bytes, at: 0 }, native, value)
  return bytes
}

function writeMetadata(bytes: Uint8Array, type: DbrType, meta: CaMetadata | null): void {
  if (type.native === 'string' || meta === null) return
  if (type.native === 'enum') {
    const states = meta.kind === 'enum' ? meta.states.slice(0, 16) : []
    writeU16(bytes, 4, states.length)
    states.forEach((text, i) => putText(bytes, 6 + i * enumStateBytes, { text, room: enumStateBytes - 1 }))
    return
  }
  if (meta.kind !== 'number') return
  const real = type.native === 'float' || type.native === 'double'
  if (real) writeU16(bytes, 4, (meta.precision ?? 0) & 0xffff)
  const unitsAt = real ? 8 : 4
  putText(bytes, unitsAt, { text: meta.units, room: 7 })
  const control = meta.control ?? { low: 0, high: 0 }
  const { display, alarm, warning } = meta
  const limits = [display.high, display.low, alarm.high, warning.high, warning.low, alarm.low]
  if (type.form === 'ctrl') limits.push(control.high, control.low)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const write = writers[type.native]
  limits.forEach((limit, i) => write(view, unitsAt + 8 + i * type.elementBytes, limit))
}

/** The payload of a reply: what the form carries, then the elements. The value must already be of the type's native type. */
export function encodeDbr(dbr: number, reading: Omit<CaReading, 'type' | 'count'>): Uint8Array {
  const type = dbrTypes[dbr]
  if (type === undefined) throw new CaError('CA_VALUE_UNFIT', `no value type has the number ${dbr}`)
  const bytes = new Uint8Array(type.offsetBytes + countOf(reading.value) * type.elementBytes)
  writeElements({ bytes, at: type.offsetBytes }, type.native, reading.value)
  if (type.offsetBytes === 0) return bytes
  writeU16(bytes, 0, reading.status)
  writeU16(bytes, 2, reading.severity)
  if (type.form === 'time') {
    writeU32(bytes, 4, reading.time?.epicsSeconds ?? 0)
    writeU32(bytes, 8, reading.time?.nanoseconds ?? 0)
  }
  if (type.form === 'gr' || type.form === 'ctrl') writeMetadata(bytes, type, reading.meta)
  if (type.form === 'sts-ack') {
    writeU16(bytes, 4, reading.acknowledge?.transient ?? 0)
    writeU16(bytes, 6, reading.acknowledge?.severity ?? 0)
  }
  return bytes
}
