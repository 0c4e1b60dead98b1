import { ByteWriter } from './byte-writer.ts'
import { sequencesOf } from './match-finder.ts'

/* Snappy in the framing of snappy-java, which Java and librdkafka both read, in blocks of 32 KiB. Grammar: snappy.ts. */

// `int8` keeps the low eight bits of what it is given.

const javaStart = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1)
const blockBytes = 32_768
const longestCopy = 64

export function encodeSnappy(bytes: Uint8Array): Uint8Array {
  const writer = new ByteWriter()
  writer.raw(javaStart)
  for (let at = 0; at < bytes.byteLength; at += blockBytes) {
    const block = encodeBlock(bytes.subarray(at, at + blockBytes))
    writer.int32(block.byteLength)
    writer.raw(block)
  }
  return writer.bytes()
}

function encodeBlock(plain: Uint8Array): Uint8Array {
  const writer = new ByteWriter()
  writer.uvarint(plain.byteLength)
  for (const { literal, distance, length } of sequencesOf(plain)) {
    writeLiteral(writer, literal)
    for (let rest = length; rest > 0; rest -= longestCopy) {
      writer.int8(((Math.min(rest, longestCopy) - 1) << 2) | 2)
      writer.int8(distance)
      writer.int8(distance >>> 8)
    }
  }
  return writer.bytes()
}

function writeLiteral(writer: ByteWriter, literal: Uint8Array): void {
  const { byteLength } = literal
  if (byteLength === 0) return
  const last = byteLength - 1
  if (last < 60) writer.int8(last << 2)
  else if (last < 256) {
    writer.int8(60 << 2)
    writer.int8(last)
  } else {
    writer.int8(61 << 2)
    writer.int8(last)
    writer.int8(last >>> 8)
  }
  writer.raw(literal)
}
