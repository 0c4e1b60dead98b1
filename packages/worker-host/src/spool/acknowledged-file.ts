import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/* file "acknowledged":  segment u64le  offset u64le  crc u32le of the 16 bytes before
 * Overwritten in place at each acknowledgement. A torn or missing file means that everything is sent again, which the
 * document store recognises by uid. */

/** A place between two records: behind `offset` bytes of a segment. */
export interface SpoolPosition {
  readonly segment: number
  readonly offset: number
}

const fileBytes = 20
const fileName = 'acknowledged'

export interface AcknowledgedFile {
  write(position: SpoolPosition): void
  close(): void
}

export function openAcknowledged(dir: string): AcknowledgedFile {
  const fd = openSync(join(dir, fileName), constants.O_RDWR | constants.O_CREAT, 0o600)
  const bytes = Buffer.alloc(fileBytes)
  return {
    write(position) {
      bytes.writeBigUInt64LE(BigInt(position.segment), 0)
      bytes.writeBigUInt64LE(BigInt(position.offset), 8)
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16)
      writeSync(fd, bytes, 0, fileBytes, 0)
    },
    close() {
      closeSync(fd)
    },
  }
}

/** Null when nothing was acknowledged or the file is damaged. */
export function readAcknowledged(dir: string): SpoolPosition | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(join(dir, fileName))
  } catch {
    return null // never acknowledged anything
  }
  if (bytes.byteLength !== fileBytes || bytes.readUInt32LE(16) !== crc32(bytes.subarray(0, 16))) return null
  return { segment: Number(bytes.readBigUInt64LE(0)), offset: Number(bytes.readBigUInt64LE(8)) }
}
