import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Checksum } from './core/crc32c.ts'

/** Larger batches are verified in parts of this size, so that other clients are served between them. */
export const sliceBytes = 4_194_304

/** The checksum of a large byte string, without holding up the event loop for longer than one part. */
export async function slicedChecksum(bytes: Uint8Array, checksum: Checksum): Promise<number> {
  let value = 0
  for (let at = 0; at < bytes.byteLength; at += sliceBytes) {
    value = checksum(bytes.subarray(at, at + sliceBytes), value)
    await nextTurn()
  }
  return value
}
