import avro from 'avsc'
import { malformed, StreamFormatError } from '../error.ts'
import { type AvroNode, buildAvroNode, invalidSchema, joinAvroSchemas } from './avro-node.ts'
import { DatumWalker } from './avro-walk.ts'

/** An Avro schema, ready to read and write single datums. */
export interface AvroSchema {
  /** As given (several given together: as one). */
  readonly text: string
  readonly root: AvroNode
  /**
   * Reads one datum that fills `bytes`. 64-bit integers are number within ±(2^53 - 1), bigint beyond; unions are bare
   * values where their branches can be told apart. Throws STREAM_MESSAGE_MALFORMED.
   */
  decode(bytes: Uint8Array): unknown
  /** Bytes have to be Buffers. Throws STREAM_VALUE_WRONG when the value does not fit the schema. */
  encode(value: unknown): Uint8Array
  /** Where the datum that begins at `at` ends. Throws STREAM_MESSAGE_MALFORMED. */
  datumEnd(bytes: Uint8Array, at: number): number
  /** Reads datums of another schema (an older or newer version) as this one. Throws STREAM_SCHEMA_UNKNOWN when they cannot be. */
  readerOf(writer: AvroSchema): (bytes: Uint8Array) => unknown
}

/** Schemas that stay prepared; the oldest is forgotten. A prepared alert schema takes about 1 MB. */
const maxCached = 256
const cache = new Map<string, ParsedSchema>()

/** Prepares a schema; the same text is prepared once. Throws STREAM_SCHEMA_UNKNOWN. */
export function parseAvroSchema(text: string, references: readonly string[] = []): AvroSchema {
  const key = references.length === 0 ? text : JSON.stringify([...references, text])
  const known = cache.get(key)
  if (known !== undefined) return known
  const schema = new ParsedSchema(text, references)
  cache.set(key, schema)
  const [oldest] = cache.keys()
  if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest)
  return schema
}

/** avsc's own long refuses what a number cannot hold. */
const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer): number | bigint => {
    const value = bytes.readInt32LE(4) * 0x1_0000_0000 + bytes.readUInt32LE(0)
    return Number.isSafeInteger(value) ? value : bytes.readBigInt64LE(0)
  },
  toBuffer: (value: number | bigint): Buffer => {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigInt64LE(BigInt(value))
    return bytes
  },
  fromJSON: (value: number | string): number | bigint => {
    const wide = BigInt(value)
    return Number.isSafeInteger(Number(wide)) ? Number(wide) : wide
  },
  toJSON: (value: number | bigint): number | string => (typeof value === 'bigint' ? value.toString() : value),
  isValid: (value: unknown): boolean =>
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'bigint' && BigInt.asIntN(64, value) === value),
  compare: (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0),
})

class ParsedSchema implements AvroSchema {
  readonly text: string
  readonly root: AvroNode
  readonly type: avro.Type
  readonly #readers = new Map<ParsedSchema, (bytes: Uint8Array) => unknown>()

  constructor(text: string, references: readonly string[]) {
    const parsed = parsedJson(text, references)
    this.text = references.length === 0 ? text : JSON.stringify(parsed)
    this.root = buildAvroNode(parsed)
    try {
      this.type = avro.Type.forSchema(parsed as avro.Schema, { registry: { long: longType } })
    } catch (cause) {
      throw invalidSchema(cause instanceof Error ? cause.message : String(cause), cause)
    }
  }

  decode(bytes: Uint8Array): unknown {
    this.#checkWhole(bytes)
    return this.type.fromBuffer(bufferOf(bytes)) as unknown
  }

  /** avsc trusts the counts in its input: what has not been walked over is not given to it. */
  #checkWhole(bytes: Uint8Array): void {
    const end = this.datumEnd(bytes, 0)
    if (end !== bytes.length) throw malformed(`${bytes.length - end} bytes follow the datum`)
  }

  encode(value: unknown): Uint8Array {
    try {
      return this.type.toBuffer(value)
    } catch (cause) {
      throw new StreamFormatError({
        code: 'STREAM_VALUE_WRONG',
        // avsc puts the whole value into its message.
        message: `the value does not fit the schema: ${cause instanceof Error ? cause.message.slice(0, 200) : ''}`,
        remedy: 'Give every field without a default, in the type that the schema says.',
      })
    }
  }

  datumEnd(bytes: Uint8Array, at: number): number {
    const walker = new DatumWalker(bytes, at)
    walker.walk(this.root, undefined)
    return walker.position
  }

  readerOf(writer: AvroSchema): (bytes: Uint8Array) => unknown {
    if (writer === this) return (bytes) => this.decode(bytes)
    if (!(writer instanceof ParsedSchema)) throw invalidSchema('the writer schema comes from elsewhere')
    let reader = this.#readers.get(writer)
    if (reader === undefined) {
      const resolver = resolverOf(this.type, writer.type)
      reader = (bytes) => {
        writer.#checkWhole(bytes)
        return this.type.fromBuffer(bufferOf(bytes), resolver, true) as unknown
      }
      this.#readers.set(writer, reader)
    }
    return reader
  }
}

function resolverOf(reader: avro.Type, writer: avro.Type): avro.Resolver {
  try {
    return reader.createResolver(writer) as avro.Resolver
  } catch (cause) {
    throw new StreamFormatError({
      code: 'STREAM_SCHEMA_UNKNOWN',
      message: `the writer's schema cannot be read as the wanted one: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'Read it with the schema it was written with.',
      cause,
    })
  }
}

function parsedJson(text: string, references: readonly string[]): unknown {
  const parse = (one: string): unknown => {
    try {
      return JSON.parse(one) as unknown
    } catch {
      return one // a bare name such as string
    }
  }
  return references.length === 0 ? parse(text) : joinAvroSchemas([...references, text].map(parse))
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
