import { createRequire } from 'node:module'
import { crc32c as slowChecksum } from '@platformatic/kafka'

/** CRC-32C of bytes, unsigned. */
type Checksum = (bytes: Uint8Array) => number

/**
 * The native CRC-32C of the optional package @node-rs/crc32 where it is installed, else the client library's. The library
 * can use the same package but copies the bytes first, which makes it ten times as slow.
 */
export const crc32c: Checksum =
  nativeChecksum() ??
  ((bytes) => slowChecksum(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) >>> 0)

function nativeChecksum(): Checksum | null {
  try {
    const native = createRequire(import.meta.url)('@node-rs/crc32') as { crc32c(bytes: Uint8Array): number }
    return (bytes) => native.crc32c(bytes)
  } catch {
    return null // no binary for this platform
  }
}

/* CRC-32C is linear: two messages of one length differ in their checksum by the remainder of what they differ in. A change near
 * the beginning is followed by zeros as far as the difference goes, and n zero bytes are one multiplication in GF(2). */

const polynomial = 0x82f6_3b78
const byteTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0)
  return remainder
})

/** What a remainder becomes when 2^k zero bytes follow, for each k: the image of each of its 32 bits. */
const zeroTables: readonly Uint32Array[] = zeroBytesTables()

function zeroBytesTables(): Uint32Array[] {
  const one = Uint32Array.from({ length: 32 }, (_, bit) => withZeroByte((1 << bit) >>> 0))
  const tables = [one]
  for (let power = 1; power < 31; power++) {
    const half = tables[power - 1] ?? one
    tables.push(half.map((image) => applied(half, image)))
  }
  return tables
}

function withZeroByte(remainder: number): number {
  return ((byteTable[remainder & 255] ?? 0) ^ (remainder >>> 8)) >>> 0
}

function applied(table: Uint32Array, remainder: number): number {
  let sum = 0
  for (let bit = 0, rest = remainder; rest !== 0; bit++, rest >>>= 1) if (rest & 1) sum ^= table[bit] ?? 0
  return sum >>> 0
}

/** Checksum of a message that had another beginning when its checksum was `crc`; `followingBytes` (below 2^31) come after it. */
export function patchedCrc32c(
  crc: number,
  change: { readonly before: Uint8Array; readonly after: Uint8Array; readonly followingBytes: number },
): number {
  const { before, after, followingBytes } = change
  let remainder = 0
  for (let at = 0; at < before.length; at++) {
    const difference = (before[at] ?? 0) ^ (after[at] ?? 0)
    remainder = ((byteTable[(remainder ^ difference) & 255] ?? 0) ^ (remainder >>> 8)) >>> 0
  }
  for (let power = 0, rest = followingBytes; rest !== 0; power++, rest >>>= 1) {
    const table = zeroTables[power]
    if (table !== undefined && rest & 1) remainder = applied(table, remainder)
  }
  return (crc ^ remainder) >>> 0
}
