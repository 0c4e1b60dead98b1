import { ByteWriter } from './byte-writer.ts'
import { sequencesOf } from './match-finder.ts'

/* The LZ4 frame that all clients read: independent blocks of 64 KiB, no checksums. Grammar: lz4.ts. */

// `int8` keeps the low eight bits of what it is given.

/** Magic, flags (version 1, independent blocks), largest block 64 KiB, checksum of the two. */
const frameStart = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82)
const blockBytes = 65_536
const storedBit = 0x8000_0000
const minMatch = 4

export function encodeLz4Frame(bytes: Uint8Array): Uint8Array {
  const writer = new ByteWriter()
  writer.raw(frameStart)
  for (let at = 0; at < bytes.byteLength; at += blockBytes) {
    const plain = bytes.subarray(at, at + blockBytes)
    const packed = encodeBlock(plain)
    const isSmaller = packed.byteLength < plain.byteLength
    little32(writer, isSmaller ? packed.byteLength : plain.byteLength + storedBit)
    writer.raw(isSmaller ? packed : plain)
  }
  little32(writer, 0)
  return writer.bytes()
}

function little32(writer: ByteWriter, value: number): void {
  for (let shift = 0; shift < 32; shift += 8) writer.int8(value >>> shift)
}

function encodeBlock(plain: Uint8Array): Uint8Array {
  const writer = new ByteWriter()
  for (const { literal, distance, length } of sequencesOf(plain)) {
    const matched = distance === 0 ? 0 : length - minMatch
    writer.int8((Math.min(15, literal.byteLength) << 4) | Math.min(15, matched))
    longLength(writer, literal.byteLength)
    writer.raw(literal)
    if (distance === 0) break
    writer.int8(distance)
    writer.int8(distance >>> 8)
    longLength(writer, matched)
  }
  return writer.bytes()
}

/** What a length of 15 and more has behind its token. */
function longLength(writer: ByteWriter, length: number): void {
  if (length < 15) return
  let rest = length - 15
  for (; rest >= 255; rest -= 255) writer.int8(-1)
  writer.int8(rest)
}
