import {
  constants,
  crc32,
  deflateRawSync,
  inflateRawSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { malformed, StreamFormatError } from '../error.ts'
import { type AvroSchema, parseAvroSchema } from './avro-schema.ts'
import { encodeLong, readLong } from './avro-walk.ts'
import { snappyCompress, snappyDecompress } from './snappy.ts'

/* Object container file: "Obj" 0x01, map of metadata (avro.schema, avro.codec), 16 bytes of sync mark, then blocks of
 *   count LONG  size LONG  data (size bytes, compressed)  sync mark
 * snappy: the compressed block is followed by the CRC-32 of the plain one, big-endian.
 * Source: Avro specification 1.11, "Object Container Files" */

export const containerCodecs = ['null', 'deflate', 'snappy', 'zstandard'] as const
export type ContainerCodec = (typeof containerCodecs)[number]

const magic = [0x4f, 0x62, 0x6a, 0x01]
const syncBytes = 16
const maxHeaderBytes = 16_777_216
const maxBlockBytes = 1_073_741_824

export interface ContainerHeader {
  readonly schema: AvroSchema
  readonly codec: ContainerCodec
  readonly metadata: ReadonlyMap<string, Uint8Array>
}

export function isContainer(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

/** Reads a container that arrives in pieces of any size; holds no more than one block. */
export class ContainerReader {
  #rest: Uint8Array = new Uint8Array(0)
  #header: ContainerHeader | null = null
  #sync: Uint8Array = new Uint8Array(0)

  /** Null until enough has been pushed. */
  get header(): ContainerHeader | null {
    return this.#header
  }

  /** The datums of the blocks that are whole now, as views. Throws STREAM_MESSAGE_MALFORMED and STREAM_CODEC_UNKNOWN. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    if (this.#header === null && !this.#readHeader()) return
    for (;;) {
      const block = this.#takeBlock()
      if (block === null) return
      yield* this.#datums(block)
    }
  }

  /** Call after the last piece. Throws STREAM_MESSAGE_MALFORMED when the file is cut off. */
  end(): void {
    if (this.#header === null) throw malformed('the file ends within its header')
    if (this.#rest.length > 0) throw malformed('the file ends within a block')
  }

  #readHeader(): boolean {
    const bytes = this.#rest
    const shown = Math.min(bytes.length, magic.length)
    if (!magic.slice(0, shown).every((byte, index) => bytes[index] === byte))
      throw malformed('the bytes do not begin as an Avro object container does')
    const parsed = readMetadata(bytes)
    if (parsed === null) {
      if (bytes.length > maxHeaderBytes) throw malformed(`the header is longer than ${maxHeaderBytes} bytes`)
      return false
    }
    const { metadata, end } = parsed
    const schemaText = metadata.get('avro.schema')
    if (schemaText === undefined) throw malformed('the header names no avro.schema')
    this.#header = {
      schema: parseAvroSchema(new TextDecoder().decode(schemaText)),
      codec: codecOf(new TextDecoder().decode(metadata.get('avro.codec') ?? new Uint8Array(0))),
      metadata,
    }
    this.#sync = bytes.slice(end, end + syncBytes)
    this.#rest = bytes.subarray(end + syncBytes)
    return true
  }

  #takeBlock(): { readonly count: number; readonly data: Uint8Array } | null {
    const bytes = this.#rest
    const count = longOrNull(bytes, 0)
    const size = count === null ? null : longOrNull(bytes, count.next)
    if (count === null || size === null) return null
    if (count.value < 0 || size.value < 0 || size.value > maxBlockBytes)
      throw malformed(`a block of ${count.value} datums and ${size.value} bytes`)
    const end = size.next + size.value
    if (bytes.length < end + syncBytes) return null
    for (let index = 0; index < syncBytes; index++) {
      if (bytes[end + index] !== this.#sync[index]) throw malformed('a block does not end with the sync mark')
    }
    this.#rest = bytes.subarray(end + syncBytes)
    return { count: count.value, data: bytes.subarray(size.next, end) }
  }

  *#datums({ count, data }: { readonly count: number; readonly data: Uint8Array }): Generator<Uint8Array> {
    const header = this.#header
    if (header === null) return
    const plain = decompressBlock(header.codec, data)
    if (count > plain.length && plain.length > 0) throw malformed(`${count} datums in ${plain.length} bytes`)
    let at = 0
    for (let index = 0; index < count && at < plain.length; index++) {
      const end = header.schema.datumEnd(plain, at)
      yield plain.subarray(at, end)
      at = end
    }
    if (at !== plain.length) throw malformed(`${plain.length - at} bytes follow the datums of a block`)
  }
}

/** Reads a container that is there as a whole. */
export function readContainer(bytes: Uint8Array): {
  readonly header: ContainerHeader
  readonly datums: readonly Uint8Array[]
} {
  const reader = new ContainerReader()
  const datums = [...reader.push(bytes)]
  reader.end()
  const { header } = reader
  if (header === null) throw malformed('the file ends within its header')
  return { header, datums }
}

function longOrNull(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } | null {
  for (let index = at; index < at + 10; index++) {
    const byte = bytes[index]
    if (byte === undefined) return null
    if (byte < 0x80) break
  }
  return readLong(bytes, at)
}

/** Null when the bytes end before the sync mark does. */
function readMetadata(
  bytes: Uint8Array,
): { readonly metadata: Map<string, Uint8Array>; readonly end: number } | null {
  const metadata = new Map<string, Uint8Array>()
  let at = magic.length
  const take = (): Uint8Array | null => {
    const length = longOrNull(bytes, at)
    if (length === null) return null
    if (length.value < 0 || length.value > maxHeaderBytes)
      throw malformed(`metadata of ${length.value} bytes`)
    if (length.next + length.value > bytes.length) return null
    at = length.next + length.value
    return bytes.slice(length.next, at)
  }
  for (;;) {
    const count = longOrNull(bytes, at)
    if (count === null) return null
    at = count.next
    if (count.value === 0) break
    if (count.value < 0) {
      const size = longOrNull(bytes, at)
      if (size === null) return null
      at = size.next
    }
    for (let index = 0; index < Math.abs(count.value); index++) {
      const key = take()
      const value = key === null ? null : take()
      if (key === null || value === null) return null
      metadata.set(new TextDecoder().decode(key), value)
    }
  }
  return at + syncBytes > bytes.length ? null : { metadata, end: at }
}

function codecOf(name: string): ContainerCodec {
  const codec = containerCodecs.find((one) => one === (name === '' ? 'null' : name))
  if (codec !== undefined) return codec
  throw new StreamFormatError({
    code: 'STREAM_CODEC_UNKNOWN',
    message: `the file is compressed with ${JSON.stringify(name)}`,
    remedy: `Write it with one of ${containerCodecs.join(', ')}.`,
  })
}

function decompressBlock(codec: ContainerCodec, data: Uint8Array): Uint8Array {
  try {
    switch (codec) {
      case 'null':
        return data
      case 'deflate':
        return inflateRawSync(data, { maxOutputLength: maxBlockBytes })
      case 'zstandard':
        return zstdDecompressSync(data, { maxOutputLength: maxBlockBytes })
      case 'snappy': {
        if (data.length < 4) throw malformed('a snappy block has no checksum')
        const plain = snappyDecompress(data.subarray(0, -4), maxBlockBytes)
        const sum = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(data.length - 4)
        if (crc32(plain) !== sum) throw malformed('the checksum of a snappy block is wrong')
        return plain
      }
    }
  } catch (error) {
    if (error instanceof StreamFormatError) throw error
    throw malformed(`a ${codec} block cannot be decompressed`)
  }
}

function compressBlock(codec: ContainerCodec, plain: Uint8Array): readonly Uint8Array[] {
  switch (codec) {
    case 'null':
      return [plain]
    case 'deflate':
      return [deflateRawSync(plain, { level: constants.Z_DEFAULT_COMPRESSION })]
    case 'zstandard':
      return [zstdCompressSync(plain)]
    case 'snappy': {
      const sum = Buffer.allocUnsafe(4)
      sum.writeUInt32BE(crc32(plain))
      return [snappyCompress(plain), sum]
    }
  }
}

export interface ContainerWriterOptions {
  readonly schema: AvroSchema
  readonly codec?: ContainerCodec
  /** A block is closed at this size of plain bytes. Default 65 536. */
  readonly blockBytes?: number
  /** Sixteen bytes that no datum is likely to hold, chosen at random by the caller. */
  readonly sync: Uint8Array
  readonly metadata?: Readonly<Record<string, string>>
}

/** Writes a container; each call returns the bytes that are ready. */
export class ContainerWriter {
  readonly #options: ContainerWriterOptions
  #pending: Uint8Array[] = []
  #pendingBytes = 0

  constructor(options: ContainerWriterOptions) {
    if (options.sync.length !== syncBytes)
      throw new StreamFormatError({
        code: 'STREAM_VALUE_WRONG',
        message: `the sync mark has ${options.sync.length} bytes`,
        remedy: `Give ${syncBytes} random bytes.`,
      })
    this.#options = options
  }

  header(): Uint8Array {
    const { schema, codec = 'null', metadata = {}, sync } = this.#options
    const entries = Object.entries({ 'avro.codec': codec, 'avro.schema': schema.text, ...metadata })
    const text = (value: string): Uint8Array[] => {
      const bytes = Buffer.from(value)
      return [encodeLong(BigInt(bytes.length)), bytes]
    }
    return Buffer.concat([
      Uint8Array.from(magic),
      encodeLong(BigInt(entries.length)),
      ...entries.flatMap(([key, value]) => [...text(key), ...text(value)]),
      Uint8Array.of(0),
      sync,
    ])
  }

  /** Takes one encoded datum; returns a block when it is full, else null. */
  add(datum: Uint8Array): Uint8Array | null {
    this.#pending.push(datum)
    this.#pendingBytes += datum.length
    return this.#pendingBytes >= (this.#options.blockBytes ?? 65_536) ? this.flush() : null
  }

  /** The block of what is pending, or null. Call once after the last datum. */
  flush(): Uint8Array | null {
    if (this.#pending.length === 0) return null
    const data = compressBlock(this.#options.codec ?? 'null', Buffer.concat(this.#pending))
    const size = data.reduce((sum, part) => sum + part.length, 0)
    const count = BigInt(this.#pending.length)
    this.#pending = []
    this.#pendingBytes = 0
    return Buffer.concat([encodeLong(count), encodeLong(BigInt(size)), ...data, this.#options.sync])
  }
}
