import { decodeDocument, documentToJson } from '@beamtime/event-model'
import { decodeMessage } from '@beamtime/stream-formats'
import {
  type AvroSchema,
  avroToJson,
  detectFormat,
  isFramed,
  readContainer,
  unframeDatum,
} from '@beamtime/stream-formats/avro'
import type { StreamRecord } from '../batch/batch-records.ts'
import { usage } from '../error.ts'

/** What a message holds, for people and programs that read JSON. */
export type MessageContent =
  | { readonly kind: 'none' }
  | { readonly kind: 'document'; readonly name: string; readonly json: string }
  | { readonly kind: 'avro'; readonly schemaId: number | null; readonly value: unknown }
  | { readonly kind: 'flatbuffer'; readonly id: string; readonly value: unknown }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** Reads a message in the first form that fits. Framed Avro needs its schema, which `schemaOf` gives. */
export function messageContent(
  value: Uint8Array | null,
  schemaOf: (id: number) => AvroSchema | null,
): MessageContent {
  if (value === null) return { kind: 'none' }
  const format = detectFormat(value, { isSchemaKnown: (id) => schemaOf(id) !== null })
  try {
    switch (format.kind) {
      case 'document':
        return { kind: 'document', name: format.name, json: documentToJson(decodeDocument(value)) }
      case 'confluent': {
        const schema = schemaOf(format.schemaId)
        if (schema === null) break
        const decoded = schema.decode(unframeDatum(value).datum)
        return { kind: 'avro', schemaId: format.schemaId, value: avroToJson(decoded, schema.root) }
      }
      case 'container': {
        const { header, datums } = readContainer(value)
        const decoded = datums.map((datum) => avroToJson(header.schema.decode(datum), header.schema.root))
        return { kind: 'avro', schemaId: null, value: decoded.length === 1 ? decoded[0] : decoded }
      }
      case 'flatbuffer':
        return { kind: 'flatbuffer', id: format.id, value: decodeMessage(value).value }
      case 'json':
      case 'opaque':
        break
    }
  } catch {
    // It only looks like it.
  }
  const text = textOf(value)
  if (text === null) return { kind: 'bytes', bytes: value }
  return format.kind === 'json' && isJson(text) ? { kind: 'json', text } : { kind: 'text', text }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // eslint-disable-next-line no-control-regex -- bytes with these are no text
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text
  } catch {
    return null
  }
}

/** Id that a message is framed with, or null. */
export function framedId(value: Uint8Array | null): number | null {
  return value !== null && isFramed(value) ? unframeDatum(value).schemaId : null
}

interface PlacedRecord extends StreamRecord {
  readonly topic: string
  readonly partition: number
}

/** One line of JSON as `kcat -J` prints it. Bytes that are no text become U+FFFD, as there. */
export function kcatLine({
  topic,
  partition,
  offset,
  timestampMs,
  headers,
  key,
  value,
}: PlacedRecord): string {
  const text = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : Buffer.from(bytes).toString()
  return JSON.stringify({
    topic,
    partition,
    offset,
    tstype: 'create',
    ts: timestampMs,
    broker: -1,
    ...(headers.length === 0
      ? {}
      : { headers: headers.flatMap((header) => [header.key, text(header.value)]) }),
    key: text(key),
    payload: text(value),
  })
}

/** One line of JSON with everything decoded that can be. */
export function jsonLine(
  { topic, partition, offset, timestampMs, headers, key, value }: PlacedRecord,
  schemaOf: (id: number) => AvroSchema | null,
): string {
  const content = messageContent(value, schemaOf)
  const head = JSON.stringify({
    topic,
    partition,
    offset,
    time: new Date(timestampMs).toISOString(),
    key: key === null ? null : (textOf(key) ?? Buffer.from(key).toString('base64')),
    headers: headers.map((header) => [
      header.key,
      header.value === null ? null : (textOf(header.value) ?? Buffer.from(header.value).toString('base64')),
    ]),
    size: value?.length ?? 0,
    format: formatName(content),
  })
  return `${head.slice(0, -1)},"value":${contentJson(content)}}`
}

function formatName(content: MessageContent): string {
  if (content.kind === 'flatbuffer') return content.id
  if (content.kind === 'avro' && content.schemaId !== null) return `avro:${content.schemaId}`
  return content.kind
}

/** The content alone, as JSON. */
export function contentJson(content: MessageContent): string {
  switch (content.kind) {
    case 'none':
      return 'null'
    case 'document':
      return content.json
    case 'json':
      return content.text
    case 'text':
      return JSON.stringify(content.text)
    case 'bytes':
      return JSON.stringify(Buffer.from(content.bytes).toString('base64'))
    case 'avro':
    case 'flatbuffer':
      return JSON.stringify(content.value, plainValues)
  }
}

/** Long vectors are shortened: a line is for reading. */
const maxItems = 32

function plainValues(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const items = Array.from(value as unknown as ArrayLike<number | bigint>)
    const shown = items.slice(0, maxItems).map((item) => plainValues('', item))
    return items.length > maxItems ? [...shown, `... ${items.length - maxItems} more`] : shown
  }
  return value
}

/** A message out of a line of `kcat -J`, or of our own `--format json` (text and JSON values only). Throws REPLAY_USAGE. */
export function parseMessageLine(
  line: string,
  where: string,
): Omit<StreamRecord, 'offset'> & { readonly topic: string | null; readonly partition: number } {
  let parsed: Record<string, unknown>
  try {
    parsed = JSON.parse(line) as Record<string, unknown>
  } catch {
    throw usage(`${where} is no JSON`, 'Give one JSON object on each line, as kcat -J prints them.')
  }
  const bytes = (value: unknown): Uint8Array | null =>
    value === null || value === undefined
      ? null
      : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  const flat = Array.isArray(parsed['headers']) ? (parsed['headers'] as unknown[]) : []
  const pairs = flat.every((one) => Array.isArray(one)) ? (flat as unknown[][]) : inPairs(flat)
  const { ts, time, topic, partition } = parsed
  return {
    topic: typeof topic === 'string' ? topic : null,
    partition: Number.isInteger(partition) ? Number(partition) : 0,
    timestampMs: typeof ts === 'number' ? ts : typeof time === 'string' ? Date.parse(time) : Date.now(),
    key: bytes(parsed['key']),
    value: bytes('payload' in parsed ? parsed['payload'] : parsed['value']),
    headers: pairs.map(([key, value]) => ({ key: String(key), value: bytes(value) })),
  }
}

function inPairs(flat: readonly unknown[]): unknown[][] {
  return Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => [
    flat[index * 2],
    flat[index * 2 + 1],
  ])
}
