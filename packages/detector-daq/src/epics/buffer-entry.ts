import {
  alarmStatuses,
  unixNsOf,
  type CaReading,
  type CaValue,
  type NativeType,
} from '@beamtime/channel-access'

/* One value of a PV as the EPICS buffer keeps it (daq contract 14.1):
 *   id         EPICS time in whole microseconds since 1970, decimal
 *   type       string, i2, f4, u2 (enum), u1 (char), i4, f8; of arrays as well
 *   shape      u32 little endian a dimension
 *   value      little-endian bytes, or UTF-8 text (texts of an array end with a NUL each)
 *   status     name of the alarm status
 *   connected  1, or 0 with type, shape, value and status empty
 */

export interface BufferEntry {
  readonly id: string
  readonly type: string
  readonly shape: Buffer
  readonly value: Buffer
  readonly status: string
  readonly connected: '0' | '1'
}

/** Type names of the buffer by the native types of Channel Access. */
export const entryTypes = {
  string: 'string',
  short: 'i2',
  float: 'f4',
  enum: 'u2',
  char: 'u1',
  long: 'i4',
  double: 'f8',
} as const satisfies Record<NativeType, string>

const empty = Buffer.alloc(0)

/** The entry of a disconnection, at local time. */
export function disconnectedEntry(unixMs: number): BufferEntry {
  return {
    id: String(Math.round(unixMs * 1000)),
    type: '',
    shape: empty,
    value: empty,
    status: '',
    connected: '0',
  }
}

/** EPICS time of a reading in microseconds; local time for one that has none. */
export function microsecondsOf(reading: CaReading, unixMs: number): bigint {
  return reading.time === null ? BigInt(Math.round(unixMs * 1000)) : unixNsOf(reading.time) / 1000n
}

export function entryOf(reading: CaReading, unixMs: number): BufferEntry {
  const { bytes, count } = encoded(reading.type, reading.value)
  const shape = Buffer.alloc(4)
  shape.writeUInt32LE(count)
  return {
    id: microsecondsOf(reading, unixMs).toString(),
    type: entryTypes[reading.type],
    shape,
    value: bytes,
    status: alarmStatuses[reading.status] ?? 'UDF',
    connected: '1',
  }
}

function encoded(type: NativeType, value: CaValue): { readonly bytes: Buffer; readonly count: number } {
  if (typeof value === 'string') return { bytes: Buffer.from(value, 'utf8'), count: 1 }
  if (typeof value === 'number') return { bytes: scalarBytes(type, value), count: 1 }
  if (ArrayBuffer.isView(value))
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength), count: value.length }
  return { bytes: Buffer.from(value.map((text) => `${text}\0`).join(''), 'utf8'), count: value.length }
}

function scalarBytes(type: NativeType, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  switch (type) {
    case 'short':
      return bytes.subarray(0, bytes.writeInt16LE(value))
    case 'enum':
      return bytes.subarray(0, bytes.writeUInt16LE(value))
    case 'char':
      return bytes.subarray(0, bytes.writeUInt8(value & 0xff))
    case 'long':
      return bytes.subarray(0, bytes.writeInt32LE(value))
    case 'float':
      return bytes.subarray(0, bytes.writeFloatLE(value))
    case 'double':
      return bytes.subarray(0, bytes.writeDoubleLE(value))
    case 'string':
      return Buffer.from(String(value), 'utf8')
  }
}

const knownTypes = new Set<string>(['', ...Object.values(entryTypes)])
const dimensionsLimit = 8

/** What a store gave back, checked; undefined where it is none of our entries. */
export function parseEntry(fields: ReadonlyMap<string, Buffer>): BufferEntry | undefined {
  const text = (name: string): string => fields.get(name)?.toString('utf8') ?? ''
  const shape = fields.get('shape') ?? empty
  const entry: BufferEntry = {
    id: text('id'),
    type: text('type'),
    shape,
    value: fields.get('value') ?? empty,
    status: text('status'),
    connected: text('connected') === '1' ? '1' : '0',
  }
  if (!/^\d{1,18}$/.test(entry.id) || !knownTypes.has(entry.type)) return undefined
  if (shape.length % 4 !== 0 || shape.length > dimensionsLimit * 4) return undefined
  if (entry.connected === '0') return entry
  return entry.type === 'string' || valueBytes(entry) === entry.value.length ? entry : undefined
}

export function shapeOf({ shape }: BufferEntry): readonly number[] {
  return Array.from({ length: shape.length / 4 }, (_, at) => shape.readUInt32LE(at * 4))
}

/** Bytes that a number entry of its type and shape has. */
export function valueBytes(entry: BufferEntry): number {
  return shapeOf(entry).reduce((product, size) => product * size, Number(entry.type.slice(1)))
}
