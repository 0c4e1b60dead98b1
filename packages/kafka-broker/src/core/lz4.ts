import { ByteReader } from './byte-reader.ts'
import { ByteSink } from './byte-sink.ts'
import { ProtocolError } from './protocol-error.ts'

/* LZ4 frame
 *   magic 04 22 4D 18, FLG u8 (bits 7-6 version 01, 5 independent blocks, 4 block checksums, 3 content size, 2 content checksum,
 *   0 dictionary id), BD u8, [content size u64], [dictionary id u32], header checksum u8, then blocks: size u32 little-endian
 *   (top bit = stored plain), data, [checksum u32]; size 0 ends the frame, [content checksum u32]
 * Block: token (literals << 4 | match length - 4), lengths of 15 go on in bytes of 255, literals, offset u16 little-endian.
 * Checksums are not verified: the batch around it has one. Source: lz4_Frame_format.md and lz4_Block_format.md. */

const frameMagic = 0x0422_4d18
const minMatch = 4

/** Throws ProtocolError on malformed input or more than `maxBytes` of output. */
export function decodeLz4Frame(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const reader = new ByteReader(bytes)
  if (reader.uint32() !== frameMagic) throw new ProtocolError('no LZ4 frame')
  const flags = reader.int8()
  reader.skip(1 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1)
  const sink = new ByteSink(bytes.byteLength * 4, maxBytes)
  for (;;) {
    const size = little32(reader)
    if (size === 0) return sink.bytes()
    const block = reader.view(size & 0x7fff_ffff)
    if (size >= 0x8000_0000) sink.literal(block)
    else decodeBlock(new ByteReader(block), sink)
    if (flags & 16) reader.skip(4)
  }
}

function little32(reader: ByteReader): number {
  const [a = 0, b = 0, c = 0, d = 0] = reader.view(4)
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
}

function longLength(reader: ByteReader, short: number): number {
  if (short < 15) return short
  let length = short
  for (;;) {
    const byte = reader.int8() & 0xff
    length += byte
    if (byte < 255) return length
  }
}

function decodeBlock(reader: ByteReader, sink: ByteSink): void {
  while (reader.remaining > 0) {
    const token = reader.int8() & 0xff
    sink.literal(reader.view(longLength(reader, token >>> 4)))
    if (reader.remaining === 0) return // the last sequence has literals only
    const distance = (reader.int8() & 0xff) | ((reader.int8() & 0xff) << 8)
    sink.copy(distance, longLength(reader, token & 15) + minMatch)
  }
}
