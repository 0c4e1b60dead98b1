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
