import { decodeAreaImage, ev44, f144, schemaId, StreamFormatError } from '@beamtime/stream-formats'
import { decodeDataArray, messageWrong } from '../data/da00-result.ts'
import type { Variable } from '../data/data-array.ts'
import { timeUnitNs } from '../data/units.ts'
import { LiveDataError } from '../error.ts'
import { adaptEvents } from './event-adapters.ts'
import { deviceMerger, type DeviceMerger } from './device-merger.ts'
import { streamOf, type StreamEntry, type StreamTable } from './stream-table.ts'
import type { EventsMessage, LogType, StreamMessage } from './stream-message.ts'

/** A Kafka record as the router needs it. */
export interface RawRecord {
  readonly topic: string
  readonly value: Uint8Array
  readonly timestampMs: number
}

/** What a record turned out to be. Drops are counted, never logged one by one. */
export type Routed =
  | { readonly kind: 'message'; readonly message: StreamMessage }
  | { readonly kind: 'dropped'; readonly reason: 'malformed' | 'unmapped' | 'not-wanted' | 'duplicate' }

/** Messages seen per stream since the last report. */
export interface StreamCount {
  readonly topic: string
  readonly source_name: string
  /** null = unmapped. */
  readonly stream: string | null
  readonly count: number
}

const maxCountedStreams = 2_000

/** Decodes raw records by the four letters they carry and names their stream. Throws nothing. */
export class MessageRouter {
  private readonly table: StreamTable
  private readonly devices: DeviceMerger
  private readonly counts = new Map<
    string,
    { topic: string; source: string; stream: string | null; n: number }
  >()
  malformed = 0
  unmapped = 0

  constructor(table: StreamTable) {
    this.table = table
    this.devices = deviceMerger()
  }

  route(record: RawRecord): Routed {
    try {
      return this.decode(record)
    } catch (error) {
      // RangeError: numbers that cannot be laid out, which no message may end the service with.
      const isMalformed =
        error instanceof StreamFormatError || error instanceof LiveDataError || error instanceof RangeError
      if (!isMalformed) throw error
      this.malformed += 1
      this.count(record.topic, '<error>', null)
      return { kind: 'dropped', reason: 'malformed' }
    }
  }

  /** Counts since the last call. */
  takeCounts(): readonly StreamCount[] {
    const taken = [...this.counts.values()].map(({ topic, source, stream, n }) => ({
      topic,
      source_name: source,
      stream,
      count: n,
    }))
    this.counts.clear()
    return taken
  }

  private count(topic: string, source: string, stream: string | null): void {
    const key = `${topic}\n${source}`
    const known = this.counts.get(key)
    if (known !== undefined) known.n += 1
    else if (this.counts.size < maxCountedStreams) this.counts.set(key, { topic, source, stream, n: 1 })
  }

  private decode(record: RawRecord): Routed {
    switch (schemaId(record.value)) {
      case 'ev44':
      case 'ev42':
      case 'ev43':
      case 'an44':
        return this.events(record)
      case 'da00':
        return this.counted(record)
      case 'ad00':
        return this.image(record)
      case 'f144':
        return this.log(record)
      // Alarms and connections of the forwarder share the topics of its values.
      case 'al00':
      case 'ep00':
      case 'ep01':
      case 'x5f2':
        return { kind: 'dropped', reason: 'not-wanted' }
      case undefined:
      default:
        throw messageWrong('a message of no schema that belongs here')
    }
  }

  private find(topic: string, source: string): StreamEntry | undefined {
    const entry = this.table.find(topic, source)
    if (source.endsWith('.VAL') || source.endsWith('.DMOV')) return entry
    const stream = entry === undefined ? null : streamOf(entry)
    this.count(topic, source, stream)
    if (entry === undefined) this.unmapped += 1
    return entry
  }

  private events({ topic, value, timestampMs }: RawRecord): Routed {
    const wire = schemaId(value) === 'ev44' ? ev44.decode(value) : adaptEvents(value)
    const entry = this.find(topic, wire.source_name)
    if (entry === undefined) return { kind: 'dropped', reason: 'unmapped' }
    const last = wire.reference_time.at(-1)
    const timeNs = last ?? BigInt(timestampMs) * 1_000_000n
    const toa = wire.time_of_flight
    const pixel = wire.pixel_id
    const base = { stream: streamOf(entry), timeNs, sizeBytes: value.length, toa, pixel }
    if (entry.kind === 'detector') {
      checkOnePulse(wire)
      checkPairs(base)
      return { kind: 'message', message: { kind: 'detector-events', ...base } }
    }
    if (entry.kind !== 'monitor') throw messageWrong(`events of ${wire.source_name}, which has none`)
    if (entry.hasPixels) checkPairs(base)
    return { kind: 'message', message: { kind: 'monitor-events', ...base } }
  }

  private counted({ topic, value }: RawRecord): Routed {
    const { sourceName, timestampNs, array } = decodeDataArray(value)
    const entry = this.find(topic, sourceName)
    if (entry === undefined) return { kind: 'dropped', reason: 'unmapped' }
    if (entry.kind !== 'monitor') throw messageWrong(`a histogram of ${sourceName}, which sends events`)
    const timeNs = referenceTime(array.coords['reference_time']) ?? timestampNs
    const { label, signal } = array
    const coords = Object.fromEntries(
      Object.entries(array.coords).filter(([, coord]) =>
        coord.dims.every((dim) => signal.dims.includes(dim)),
      ),
    )
    const histogram = { label, signal, coords }
    return {
      kind: 'message',
      message: { kind: 'monitor-counts', stream: entry.stream, timeNs, histogram, sizeBytes: value.length },
    }
  }

  private image({ topic, value }: RawRecord): Routed {
    const image = decodeAreaImage(value)
    const entry = this.find(topic, image.source_name)
    if (entry === undefined) return { kind: 'dropped', reason: 'unmapped' }
    if (entry.kind !== 'area') throw messageWrong(`an image of ${image.source_name}, which sends none`)
    const { shape, values, timestamp: timeNs } = image
    const message = { kind: 'image', stream: entry.stream, timeNs, shape, values } as const
    return { kind: 'message', message: { ...message, sizeBytes: value.length } }
  }

  private log({ topic, value }: RawRecord): Routed {
    const wire = f144.decode(value)
    const entry = this.find(topic, wire.source_name)
    if (entry === undefined) return { kind: 'dropped', reason: 'unmapped' }
    if (wire.value === null) throw messageWrong(`${wire.source_name} has no value`)
    const raw = wire.value.table.value
    const first = typeof raw === 'number' || typeof raw === 'bigint' ? raw : raw[0]
    if (first === undefined || (typeof raw === 'object' && raw.length > 1))
      throw messageWrong(`${wire.source_name} sent an array, of which no series is made`)
    const type = logTypes[wire.value.kind.replace('Array', '')] ?? 'float64'
    const sample = { timeNs: wire.timestamp, value: Number(first), type, sizeBytes: value.length }
    if (entry.kind === 'log')
      return {
        kind: 'message',
        message: { kind: 'log', stream: entry.stream, source: wire.source_name, ...sample },
      }
    if (entry.kind !== 'device') throw messageWrong(`a value of ${wire.source_name}, which sends data`)
    const merged = this.devices.accept(entry, sample)
    return merged === null ? { kind: 'dropped', reason: 'duplicate' } : { kind: 'message', message: merged }
  }
}

const logTypes: Readonly<Record<string, LogType>> = {
  Byte: 'int32',
  UByte: 'int32',
  Short: 'int32',
  UShort: 'int32',
  Int: 'int32',
  UInt: 'int64',
  Long: 'int64',
  ULong: 'float64',
  Float: 'float32',
  Double: 'float64',
}

function checkOnePulse(wire: {
  readonly source_name: string
  readonly reference_time: BigInt64Array
  readonly reference_time_index: Int32Array
}): void {
  const { reference_time: times, reference_time_index: index } = wire
  if (times.length > 1 || index.length > 1 || (index[0] ?? 0) !== 0)
    throw messageWrong(`${wire.source_name} sent several pulses in one message`)
}

function checkPairs(message: Pick<EventsMessage, 'stream' | 'toa' | 'pixel'>): void {
  if (message.toa.length !== message.pixel.length)
    throw messageWrong(
      `${message.stream} sent ${message.toa.length} times and ${message.pixel.length} pixels`,
    )
}

/** The last pulse of an aggregated histogram, when it is given as 64-bit integers. */
function referenceTime(variable: Variable | undefined): bigint | null {
  const values = variable?.values
  if (!(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)) return null
  const last = values.at(-1)
  const unitNs = timeUnitNs(variable?.unit ?? 'ns')
  return last === undefined || unitNs === null ? null : last * BigInt(unitNs)
}
