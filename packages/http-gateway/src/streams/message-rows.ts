import {
  alertHead,
  contentJson,
  messageContent,
  readAlert,
  schemasToTry,
  type MessageContent,
  type SchemaShelf,
  type StreamMessage,
} from '@beamtime/stream-replay'
import type { JsonValue, MessageRow } from '../ui-types.ts'
import { summaryLine } from './message-summary.ts'

/** A message decoded as far as somebody looks at it. */
export interface ReadMessage {
  readonly message: StreamMessage
  readonly format: string
  readonly content: MessageContent
  /** Record of an alert packet, null for everything else. */
  readonly alert: unknown
}

const longestKey = 200

/** Schemas for alerts whose schema id nobody knows. */
const alertSchemas = schemasToTry([])

export async function readMessage(message: StreamMessage, shelf: SchemaShelf): Promise<ReadMessage> {
  await shelf.load(message.value)
  const alert = message.value === null ? null : readAlert(message.value, shelf.get, alertSchemas)
  const content: MessageContent =
    alert === null
      ? messageContent(message.value, shelf.get)
      : { kind: 'avro', schemaId: null, value: withoutBytes(alert) }
  return { message, content, alert, format: alert === null ? formatOf(content) : 'alert' }
}

/** `cols` are paths such as `diaSource.band` or `data.motor`, looked up in the decoded value. */
export function rowOf(read: ReadMessage, cols: readonly string[]): MessageRow {
  const { message, format } = read
  const value = cols.length === 0 ? null : valueOf(read)
  return {
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
    t: message.timestampMs,
    key: keyText(message.key),
    bytes: message.value?.length ?? 0,
    format,
    summary: summaryLine(read, read.alert === null ? null : alertHead(read.alert)),
    ...(cols.length === 0 ? {} : { cols: cols.map((path) => at(value, path.split('.'))) }),
  }
}

/** The decoded value as JSON: vectors shortened, bytes as base64. */
export function valueOf({ content }: ReadMessage): JsonValue {
  const value = JSON.parse(contentJson(content)) as JsonValue
  // A document travels with its name, which the format tells already.
  return content.kind === 'document' ? ((value as { readonly doc: JsonValue }).doc ?? null) : value
}

function formatOf(content: MessageContent): string {
  switch (content.kind) {
    case 'flatbuffer':
      return content.id
    case 'document':
      return `document:${content.name}`
    case 'avro':
      return content.schemaId === null ? 'avro' : `avro:${content.schemaId}`
    case 'none':
    case 'json':
    case 'text':
    case 'bytes':
      return content.kind
  }
}

function at(value: JsonValue, path: readonly string[]): JsonValue {
  let found: unknown = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return null
    found = (found as Readonly<Record<string, unknown>>)[step]
  }
  if (found === undefined) return null
  // A cell shows one value; what is larger is opened in the message.
  return typeof found === 'object' ? JSON.stringify(found).slice(0, longestKey) : (found as JsonValue)
}

function keyText(key: Uint8Array | null): string | null {
  if (key === null) return null
  const text = Buffer.from(key.buffer, key.byteOffset, Math.min(key.length, longestKey)).toString()
  return text.includes('�') ? Buffer.from(key.subarray(0, longestKey / 2)).toString('hex') : text
}

/** Stamps are shown as pictures; as numbers they would fill the page. */
function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return value.map(withoutBytes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutBytes(one)]))
}
