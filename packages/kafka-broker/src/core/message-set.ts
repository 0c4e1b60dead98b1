import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { type KafkaErrorCode, kafkaError } from './error-codes.ts'
import { ProtocolError } from './protocol-error.ts'

/* Message set, the form of records before Kafka 0.11 (formats 0 and 1)
 *   entry: offset i64, size i32, crc u32 (CRC-32 from magic to the end), magic i8, attributes i8 (bits 0-2 codec, 3 append
 *   time), [timestamp i64 in format 1], key bytes (length i32, -1 null), value bytes
 * The value of a compressed entry is a message set. An entry that is cut off ends the set. Source: Kafka documentation,
 * "Old Message Format". The old clients that are left send and read it; it is never stored. */

/** One record of the old formats; format 0 has no time (-1). */
export interface OldMessage {
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

/** What the core cannot do itself. */
export interface MessageSetTools {
  readonly crc32: (bytes: Uint8Array) => number
  /** Codecs 1 to 3; throws on malformed input. */
  readonly decompress: (codec: number, bytes: Uint8Array) => Uint8Array
}

export type MessageSet =
  | { readonly kind: 'ok'; readonly messages: readonly OldMessage[] }
  | { readonly kind: 'refused'; readonly errorCode: KafkaErrorCode; readonly message: string }

const codecMask = 7
const lastCodec = 3
/** Entry of an offset and a size. */
const entryPrefixBytes = 12
const crcBytes = 4

class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly errorCode: KafkaErrorCode

  constructor(errorCode: KafkaErrorCode, message: string) {
    super(message)
    this.errorCode = errorCode
  }
}

/** Takes a produced message set apart, compressed entries included, and verifies it. */
export function readMessageSet(bytes: Uint8Array, tools: MessageSetTools): MessageSet {
  const messages: OldMessage[] = []
  try {
    readEntries(new ByteReader(bytes), messages, { tools, isInner: false })
  } catch (error) {
    if (error instanceof Refusal)
      return { kind: 'refused', errorCode: error.errorCode, message: error.message }
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'refused', errorCode: kafkaError.corruptMessage, message }
  }
  if (messages.length === 0)
    return { kind: 'refused', errorCode: kafkaError.invalidRecord, message: 'no messages' }
  return { kind: 'ok', messages }
}

function readEntries(
  reader: ByteReader,
  messages: OldMessage[],
  how: { readonly tools: MessageSetTools; readonly isInner: boolean },
): void {
  while (reader.remaining > 0) {
    reader.skip(8)
    const size = reader.int32()
    if (size < 0) throw new ProtocolError(`a message of ${size} bytes`)
    readEntry(reader.view(size), messages, how)
  }
}

function readEntry(
  entry: Uint8Array,
  messages: OldMessage[],
  { tools, isInner }: { readonly tools: MessageSetTools; readonly isInner: boolean },
): void {
  const reader = new ByteReader(entry)
  if (reader.uint32() !== tools.crc32(entry.subarray(crcBytes)))
    throw new ProtocolError('the checksum of a message is wrong')
  const magic = reader.int8()
  if (magic !== 0 && magic !== 1)
    throw new Refusal(kafkaError.unsupportedForMessageFormat, `message format ${magic} in an old message set`)
  const codec = reader.int8() & codecMask
  const timestampMs = magic === 1 ? reader.int64() : -1
  const key = nullableBytes(reader)
  const value = nullableBytes(reader)
  if (codec === 0) {
    messages.push({ timestampMs, key, value })
    return
  }
  if (codec > lastCodec)
    throw new Refusal(kafkaError.unsupportedCompressionType, `codec ${codec} in an old message set`)
  if (isInner || value === null) throw new ProtocolError('a compressed message within a compressed one')
  readEntries(new ByteReader(tools.decompress(codec, value)), messages, { tools, isInner: true })
}

function nullableBytes(reader: ByteReader): Uint8Array | null {
  const length = reader.int32()
  if (length < -1) throw new ProtocolError(`bytes of length ${length}`)
  return length < 0 ? null : reader.view(length)
}

/** Builds a message set, not compressed, of whole entries: up to `maxBytes`, but at least one. */
export class MessageSetWriter {
  readonly #writer = new ByteWriter()
  readonly #magic: 0 | 1
  readonly #maxBytes: number
  readonly #crc32: MessageSetTools['crc32']

  constructor(options: { magic: 0 | 1; maxBytes: number; crc32: MessageSetTools['crc32'] }) {
    this.#magic = options.magic
    this.#maxBytes = options.maxBytes
    this.#crc32 = options.crc32
  }

  get isEmpty(): boolean {
    return this.#writer.size === 0
  }

  /** False when it does not fit: the set is full. */
  add(offset: number, message: OldMessage): boolean {
    const { timestampMs, key, value } = message
    const content = new ByteWriter()
    content.int8(this.#magic)
    content.int8(0)
    if (this.#magic === 1) content.int64(timestampMs)
    for (const part of [key, value]) {
      content.int32(part === null ? -1 : part.byteLength)
      if (part !== null) content.raw(part)
    }
    const bytes = content.bytes()
    const sizeBytes = entryPrefixBytes + crcBytes + bytes.byteLength
    if (!this.isEmpty && this.#writer.size + sizeBytes > this.#maxBytes) return false
    this.#writer.int64(offset)
    this.#writer.int32(crcBytes + bytes.byteLength)
    this.#writer.uint32(this.#crc32(bytes))
    this.#writer.raw(bytes)
    return true
  }

  chunks(): Uint8Array[] {
    return this.#writer.chunks()
  }
}
