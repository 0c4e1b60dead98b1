import type { BusRecord } from '@beamtime/bus'
import { KafkaUsageError } from './kafka-error.ts'
import { type Deserialize, deserializerOf } from './kafka-text.ts'

/** Writes one record as kafka-console-consumer.sh prints it. */
export type RecordFormatter = (record: BusRecord) => Uint8Array

const parts = ['timestamp', 'partition', 'offset', 'epoch', 'delivery', 'headers', 'key', 'value'] as const
type Part = (typeof parts)[number]

interface FormatSettings {
  readonly shown: ReadonlySet<Part>
  readonly keySeparator: string
  readonly lineSeparator: string
  readonly headersSeparator: string
  readonly nullLiteral: string
  readonly key: Deserialize
  readonly value: Deserialize
  readonly headers: Deserialize
}

/** The formatter of a class name, full or short. Throws KafkaUsageError for a class or a property that is not here. */
export function recordFormatter(className: string, properties: ReadonlyMap<string, string>): RecordFormatter {
  const name = className.slice(className.lastIndexOf('.') + 1)
  const settings = settingsOf(properties)
  if (name === 'DefaultMessageFormatter') return (record) => defaultForm(record, settings)
  if (name === 'NoOpMessageFormatter') return () => new Uint8Array(0)
  if (name === 'LoggingMessageFormatter') return (record) => defaultForm(record, settings)
  throw new KafkaUsageError(
    `Formatter ${className} is not supported: use DefaultMessageFormatter, LoggingMessageFormatter or NoOpMessageFormatter`,
  )
}

const printedByDefault: readonly Part[] = ['value']

function settingsOf(properties: ReadonlyMap<string, string>): FormatSettings {
  const isShown = (part: Part): boolean => {
    const text = properties.get(`print.${part}`)
    return text === undefined ? printedByDefault.includes(part) : text.trim().toLowerCase() === 'true'
  }
  const reader = (what: 'key' | 'value' | 'headers'): Deserialize => {
    const className = properties.get(`${what}.deserializer`)
    if (className === undefined || className === '') return (bytes) => bytes
    const found = deserializerOf(className)
    if (found === null) throw new KafkaUsageError(`${what}.deserializer=${className} is not supported`)
    return found
  }
  return {
    shown: new Set(parts.filter(isShown)),
    keySeparator: properties.get('key.separator') ?? '\t',
    lineSeparator: properties.get('line.separator') ?? '\n',
    headersSeparator: properties.get('headers.separator') ?? ',',
    nullLiteral: properties.get('null.literal') ?? 'null',
    key: reader('key'),
    value: reader('value'),
    headers: reader('headers'),
  }
}

function defaultForm(record: BusRecord, settings: FormatSettings): Uint8Array {
  const pieces: (Uint8Array | string)[] = []
  for (const part of parts) {
    if (!settings.shown.has(part)) continue
    if (pieces.length > 0) pieces.push(settings.keySeparator)
    pieces.push(...textOf(part, record, settings))
  }
  pieces.push(settings.lineSeparator)
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

function textOf(part: Part, record: BusRecord, settings: FormatSettings): (Uint8Array | string)[] {
  switch (part) {
    case 'timestamp':
      if (record.timestampMs < 0) return ['NO_TIMESTAMP']
      return [`${record.isAppendTime === true ? 'LogAppendTime' : 'CreateTime'}:${record.timestampMs}`]
    case 'partition':
      return [`Partition:${record.partition}`]
    case 'offset':
      return [`Offset:${record.offset}`]
    case 'epoch':
    case 'delivery':
      // The bus does not tell the leader epoch; a delivery count exists in share groups only.
      return [`${part === 'epoch' ? 'Epoch' : 'Delivery'}:NOT_PRESENT`]
    case 'headers':
      return headersOf(record, settings)
    case 'key':
      return [record.key === null ? settings.nullLiteral : settings.key(record.key)]
    case 'value':
      return [record.value === null ? settings.nullLiteral : settings.value(record.value)]
  }
}

function headersOf(record: BusRecord, settings: FormatSettings): (Uint8Array | string)[] {
  if (record.headers.length === 0) return ['NO_HEADERS']
  return record.headers.flatMap(({ key, value }, i) => [
    `${i === 0 ? '' : settings.headersSeparator}${key}:`,
    settings.headers(value),
  ])
}
