import { CaError } from '../error.ts'
import { readU16, readU32 } from '../messages/header.ts'
import { readText } from '../messages/message.ts'
import { readBigEndian } from './byte-order.ts'
import type { CaLimits, CaMetadata, CaReading, CaValue } from './dbr-reading.ts'
import { dbrTypes, type DbrType, type NativeType } from './dbr-type.ts'
import type { EpicsTime } from './epics-time.ts'

const unitsBytes = 8
const enumStateBytes = 26
const enumStatesMax = 16
const stringBytes = 40

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const scalarReaders: Record<NativeType, (bytes: Uint8Array, at: number) => number | string> = {
  string: (bytes, at) => readText(bytes, at, Math.min(at + stringBytes, bytes.length)),
  short: (bytes, at) => (readU16(bytes, at) << 16) >> 16,
  float: (bytes, at) => view(bytes).getFloat32(at),
  enum: readU16,
  char: (bytes, at) => bytes[at] ?? 0,
  long: (bytes, at) => readU32(bytes, at) | 0,
  double: (bytes, at) => view(bytes).getFloat64(at),
}

const arrayReaders: Record<NativeType, (bytes: Uint8Array, at: number, count: number) => CaValue> = {
  string: (bytes, at, count) =>
    Array.from({ length: count }, (_, i) =>
      readText(bytes, at + i * stringBytes, Math.min(at + (i + 1) * stringBytes, bytes.length)),
    ),
  short: (bytes, at, count) => readBigEndian(new Int16Array(count), bytes, at),
  float: (bytes, at, count) => readBigEndian(new Float32Array(count), bytes, at),
  enum: (bytes, at, count) => readBigEndian(new Uint16Array(count), bytes, at),
  // A copy: the bytes are those of a buffer that the socket reads into again.
  char: (bytes, at, count) => bytes.slice(at, at + count),
  long: (bytes, at, count) => readBigEndian(new Int32Array(count), bytes, at),
  double: (bytes, at, count) => readBigEndian(new Float64Array(count), bytes, at),
}

function limits(read: (index: number) => number, low: number, high: number): CaLimits {
  return { low: read(low), high: read(high) }
}

/* GR and CTRL of numbers: status, severity, [precision i16, pad], units[8], then six limits of the value's own type (CTRL: eight)
 * in the order upper display, lower display, upper alarm, upper warning, lower warning, lower alarm, upper and lower control. */
function numberMetadata(type: DbrType, bytes: Uint8Array): CaMetadata {
  const real = type.native === 'float' || type.native === 'double'
  const unitsAt = real ? 8 : 4
  const limitsAt = unitsAt + unitsBytes
  const scalar = scalarReaders[type.native]
  const read = (index: number): number => Number(scalar(bytes, limitsAt + index * type.elementBytes))
  return {
    kind: 'number',
    units: readText(bytes, unitsAt, unitsAt + unitsBytes),
    precision: real ? (readU16(bytes, 4) << 16) >> 16 : null,
    display: limits(read, 1, 0),
    alarm: limits(read, 5, 2),
    warning: limits(read, 4, 3),
    control: type.form === 'ctrl' ? limits(read, 7, 6) : null,
  }
}

function metadata(type: DbrType, bytes: Uint8Array): CaMetadata | null {
  if ((type.form !== 'gr' && type.form !== 'ctrl') || type.native === 'string') return null
  if (type.native !== 'enum') return numberMetadata(type, bytes)
  const count = Math.min(readU16(bytes, 4), enumStatesMax)
  return {
    kind: 'enum',
    states: Array.from({ length: count }, (_, i) =>
      readText(bytes, 6 + i * enumStateBytes, 6 + (i + 1) * enumStateBytes),
    ),
  }
}

/** caproto sends CTRL_STRING with the 12 bytes of TIME_STRING in front; told apart by the size of the reply. */
function offsetOf(type: DbrType, count: number, payloadBytes: number): number {
  const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8
  if (type.native !== 'string' || (type.form !== 'gr' && type.form !== 'ctrl')) return type.offsetBytes
  const here = padded(type.offsetBytes + count * stringBytes)
  return payloadBytes !== here && payloadBytes === padded(12 + count * stringBytes) ? 12 : type.offsetBytes
}

function timeOf(type: DbrType, bytes: Uint8Array): EpicsTime | null {
  return type.form === 'time' ? { epicsSeconds: readU32(bytes, 4), nanoseconds: readU32(bytes, 8) } : null
}

function hasAlarm(form: DbrType['form']): boolean {
  return form !== 'plain' && form !== 'put-ack' && form !== 'class-name'
}

export interface DbrBytes {
  readonly dbr: number
  readonly count: number
  readonly payload: Uint8Array
  /** One element is given as a number or text instead of an array. */
  readonly scalar: boolean
}

/** Reads a value. The count is clipped to what the payload can hold. Throws CA_PEER_MALFORMED. */
export function decodeDbr({ dbr, count, payload, scalar }: DbrBytes): CaReading {
  const type = dbrTypes[dbr]
  if (type === undefined) throw new CaError('CA_PEER_MALFORMED', `no value type has the number ${dbr}`)
  const offset = offsetOf(type, count, payload.length)
  const room = payload.length - offset
  if (room < 0)
    throw new CaError(
      'CA_PEER_MALFORMED',
      `${payload.length} bytes for a value whose element 0 starts at ${offset}`,
    )
  // A single string comes shorter than its 40 bytes, so the last one may be cut.
  const fit = type.native === 'string' ? Math.ceil(room / stringBytes) : Math.floor(room / type.elementBytes)
  const elements = Math.max(0, Math.min(count, fit))
  const alarm = hasAlarm(type.form)
  return {
    type: type.native,
    count: elements,
    value:
      scalar && elements === 1
        ? scalarReaders[type.native](payload, offset)
        : arrayReaders[type.native](payload, offset, elements),
    status: alarm ? readU16(payload, 0) : 0,
    severity: alarm ? readU16(payload, 2) : 0,
    time: timeOf(type, payload),
    meta: metadata(type, payload),
    acknowledge:
      type.form === 'sts-ack' ? { transient: readU16(payload, 4), severity: readU16(payload, 6) } : null,
  }
}
