import { isFramed, unframeDatum } from './confluent-frame.ts'
import { isContainer } from './object-container.ts'

/** What the bytes of a message are, as far as they tell. */
export type MessageFormat =
  | { readonly kind: 'container' }
  | { readonly kind: 'confluent'; readonly schemaId: number }
  | { readonly kind: 'json' }
  | { readonly kind: 'flatbuffer'; readonly id: string }
  | { readonly kind: 'document'; readonly name: string }
  | { readonly kind: 'opaque' }

/** Names of Bluesky documents, as the first item of a MessagePack pair. */
const documentNames = [
  'start',
  'stop',
  'descriptor',
  'event',
  'event_page',
  'resource',
  'datum',
  'datum_page',
  'stream_resource',
  'stream_datum',
  'bulk_events',
  'bulk_datum',
]

/**
 * Tells the format of a message. `isSchemaKnown` says whether an id is one of the registry's: without it any message
 * that begins with a zero byte would be taken for framed Avro.
 */
export function detectFormat(
  bytes: Uint8Array,
  options: { readonly isSchemaKnown?: (schemaId: number) => boolean } = {},
): MessageFormat {
  if (isContainer(bytes)) return { kind: 'container' }
  if (isFramed(bytes)) {
    const { schemaId } = unframeDatum(bytes)
    if (options.isSchemaKnown?.(schemaId) === true) return { kind: 'confluent', schemaId }
  }
  const first = bytes[0]
  if (first === 0x7b || first === 0x5b) return { kind: 'json' }
  const id = flatbufferId(bytes)
  const name = documentName(bytes)
  if (id !== null && name === null) return { kind: 'flatbuffer', id }
  if (name !== null) return { kind: 'document', name }
  return { kind: 'opaque' }
}

/** The file identifier at bytes 4 to 7, when the offset before it can be one of a root table. */
function flatbufferId(bytes: Uint8Array): string | null {
  if (bytes.length < 12) return null
  const root = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
  if (root < 8 || root + 4 > bytes.length) return null
  const letters = bytes.subarray(4, 8)
  if (!letters.every((byte) => byte > 0x20 && byte < 0x7f)) return null
  return String.fromCharCode(...letters)
}

/** MessagePack: an array of two whose first item is a text that names a document. */
function documentName(bytes: Uint8Array): string | null {
  const at = bytes[0] === 0x92 ? 1 : bytes[0] === 0xdc && bytes[1] === 0 && bytes[2] === 2 ? 3 : -1
  const head = at < 0 ? undefined : bytes[at]
  if (head === undefined) return null
  const [start, length] =
    (head & 0xe0) === 0xa0 ? [at + 1, head & 0x1f] : head === 0xd9 ? [at + 2, bytes[at + 1] ?? 0] : [0, 0]
  if (length === 0 || length > 15) return null
  const name = String.fromCharCode(...bytes.subarray(start, start + length))
  return documentNames.find((one) => one === name) ?? null
}
