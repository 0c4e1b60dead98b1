import { crc32 } from 'node:zlib'

/* record  = length u32le  crc u32le  payload
 *   length  bytes of the payload, at most maxRecordBytes
 *   crc     CRC-32 (zlib) of the payload
 * A segment is records back to back; the first payload is the segment's header (JSON, spool-segment.ts),
 * the others are documents as they go on the bus. A process that dies leaves at most one torn record at the end. */

export const frameBytes = 8

/** No document of a size that the broker would take is larger; a longer length is a torn or foreign record. */
const maxRecordBytes = 256 * 1024 * 1024

export function writeFrame(target: Buffer, payload: Uint8Array): void {
  target.writeUInt32LE(payload.byteLength, 0)
  target.writeUInt32LE(crc32(payload), 4)
}

interface ScannedRecord {
  readonly payload: Buffer
  /** Offset behind the record, relative to the scanned bytes. */
  readonly end: number
}

export interface Scan {
  readonly records: readonly ScannedRecord[]
  /** `complete`: the bytes end at a record's end. `more`: a record goes on behind these bytes and needs `wantBytes`
   * in all from its start. `broken`: what starts at the last good end is not a record. */
  readonly tail: 'complete' | 'more' | 'broken'
  readonly wantBytes: number
}

/** Records at the start of `bytes`. Payloads are views into `bytes`. */
export function scanRecords(bytes: Buffer): Scan {
  const records: ScannedRecord[] = []
  let at = 0
  for (;;) {
    const left = bytes.byteLength - at
    if (left === 0) return { records, tail: 'complete', wantBytes: 0 }
    if (left < frameBytes) return { records, tail: 'more', wantBytes: frameBytes }
    const length = bytes.readUInt32LE(at)
    if (length === 0 || length > maxRecordBytes) return { records, tail: 'broken', wantBytes: 0 }
    const end = at + frameBytes + length
    if (end > bytes.byteLength) return { records, tail: 'more', wantBytes: frameBytes + length }
    const payload = bytes.subarray(at + frameBytes, end)
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) return { records, tail: 'broken', wantBytes: 0 }
    records.push({ payload, end })
    at = end
  }
}
