import { createRequire } from 'node:module'
import { type Checksum, crc32c } from './core/crc32c.ts'

/** The native CRC-32C of the optional package @node-rs/crc32 (about four times as fast) where it is installed, else our own. */
export function fastestChecksum(): Checksum {
  try {
    const native = createRequire(import.meta.url)('@node-rs/crc32') as {
      crc32c(bytes: Uint8Array, initialState?: number): number
    }
    return (bytes, seed) => (seed === undefined ? native.crc32c(bytes) : native.crc32c(bytes, seed))
  } catch {
    return crc32c // no binary for this platform
  }
}
