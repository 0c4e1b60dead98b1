import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Checksum } from './crc32c.ts'
import { type BatchHeader, recordsSection } from './record-batch.ts'
import { encodeBatch, encodeRecords, recordBody, storedRecords } from './stored-record.ts'

/* A control record ends the transaction of its producer in one partition.
 *   key: version i16 = 0, type i16 (0 abort, 1 commit)   value: version i16 = 0, coordinator epoch i32
 * Source: Kafka documentation, "Control Batches". */

const transactionalControl = 0x30
const commitType = 1

/** How the transaction ended; null when the batch cannot be read as a control batch. */
export function endOfControlBatch(header: BatchHeader, bytes: Uint8Array): 'committed' | 'aborted' | null {
  const [record] = storedRecords(header, recordsSection(bytes))
  if (record?.key == null || record.key.byteLength < 4) return null
  const reader = new ByteReader(record.key)
  reader.int16()
  return reader.int16() === commitType ? 'committed' : 'aborted'
}

export function controlBatch(
  producer: { readonly producerId: number; readonly producerEpoch: number },
  end: { readonly isCommitted: boolean; readonly nowMs: number },
  checksum: Checksum,
): Uint8Array {
  const key = new ByteWriter()
  key.int16(0)
  key.int16(end.isCommitted ? commitType : 0)
  const value = new ByteWriter()
  value.int16(0)
  value.int32(0)
  const fields = {
    baseOffset: 0,
    leaderEpoch: -1,
    attributes: transactionalControl,
    lastOffsetDelta: 0,
    baseTimestamp: end.nowMs,
    maxTimestamp: end.nowMs,
    ...producer,
    baseSequence: -1,
  }
  const body = recordBody(key.bytes(), value.bytes())
  const section = encodeRecords(fields, [{ offset: 0, timestampMs: end.nowMs, attributes: 0, body }])
  return encodeBatch(fields, { recordsCount: 1, section }, checksum)
}
