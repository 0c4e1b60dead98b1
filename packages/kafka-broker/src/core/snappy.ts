import { ByteReader } from './byte-reader.ts'
import { ByteSink } from './byte-sink.ts'
import { ProtocolError } from './protocol-error.ts'

/* Snappy as Kafka clients write it: one raw block (librdkafka), or the framing of snappy-java
 *   82 53 4E 41 50 50 59 00, version i32, compatible version i32, then (length i32, raw block)*
 * Raw block: plain length uvarint, then elements by the low two bits of their tag
 *   0 literal: length - 1 in the upper six bits, 60..63 = in the next 1..4 bytes, little-endian
 *   1 copy: length 4..11 in bits 2-4, offset 11 bits   2, 3 copy: length - 1 in the upper six bits, offset 2 or 4 bytes
 * Source: google/snappy format_description.txt. */

const javaMagic = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]

/** Throws ProtocolError on malformed input or more than `maxBytes` of output. */
export function decodeSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const reader = new ByteReader(bytes)
  const sink = new ByteSink(bytes.byteLength * 4, maxBytes)
  if (!javaMagic.every((byte, i) => bytes[i] === byte)) {
    decodeBlock(reader, sink)
    return sink.bytes()
  }
  reader.skip(16)
  while (reader.remaining > 0) {
    const length = reader.int32()
    decodeBlock(new ByteReader(reader.view(length)), sink)
  }
  return sink.bytes()
}

function littleEndian(reader: ByteReader, count: number): number {
  let value = 0
  for (let i = 0; i < count; i++) value += (reader.int8() & 0xff) * 2 ** (8 * i)
  return value
}

function decodeBlock(reader: ByteReader, sink: ByteSink): void {
  const end = sink.length + reader.uvarint()
  const start = sink.length
  while (reader.remaining > 0) {
    const tag = reader.int8() & 0xff
    if ((tag & 3) === 0) {
      const short = tag >>> 2
      const length = short < 60 ? short + 1 : littleEndian(reader, short - 59) + 1
      sink.literal(reader.view(length))
      continue
    }
    const { distance, length } = readCopy(reader, tag)
    if (distance > sink.length - start) throw new ProtocolError('a snappy copy reaches before its block')
    sink.copy(distance, length)
  }
  if (sink.length !== end)
    throw new ProtocolError(`a snappy block has ${sink.length - start} bytes instead of ${end - start}`)
}

function readCopy(reader: ByteReader, tag: number): { distance: number; length: number } {
  if ((tag & 3) === 1)
    return { length: ((tag >>> 2) & 7) + 4, distance: ((tag >>> 5) << 8) | (reader.int8() & 0xff) }
  return { length: (tag >>> 2) + 1, distance: littleEndian(reader, (tag & 3) === 2 ? 2 : 4) }
}
