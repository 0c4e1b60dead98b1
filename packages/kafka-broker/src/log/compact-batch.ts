import { type BatchHeader, codecNames, deleteHorizonBit, recordsSection } from '../core/record-batch.ts'
import type { Checksum } from '../core/crc32c.ts'
import { encodeBatch, encodeRecords, type StoredRecord, storedRecords } from '../core/stored-record.ts'
import { compress, decompress } from './compression.ts'
import type { KeyOffsets } from './key-offsets.ts'
import type { BatchAt } from './segment-reader.ts'

export interface CompactBatchRule {
  readonly nowMs: number
  readonly deleteRetentionMs: number
  readonly keys: KeyOffsets
  /** Its records are not to be shown, and do not stand for their keys. */
  readonly isAborted: (header: BatchHeader) => boolean
  readonly checksum: Checksum
  /** Its last sequence number is the newest of a producer, or it ends a file: without records its header stays. */
  readonly keepsHeader: boolean
}

/** The batch with the records that stay; its own bytes when all do, null when nothing does. */
export async function compactBatch(batch: BatchAt, rule: CompactBatchRule): Promise<Uint8Array | null> {
  const { header, bytes } = batch
  if (header.isControl) return bytes
  if (header.recordsCount === 0) return rule.keepsHeader ? bytes : null
  if (rule.isAborted(header)) {
    return rule.keepsHeader ? await rebuilt(header, [], { horizonMs: null, checksum: rule.checksum }) : null
  }
  const codec = codecNames[header.codec] ?? 'none'
  const hasHorizon = (header.attributes & deleteHorizonBit) !== 0
  const section = await decompress(codec, recordsSection(bytes))
  const kept = keptRecords(header, section, rule)
  const hasTombstone = kept.some(({ value }) => value === null)
  if (kept.length === header.recordsCount && (!hasTombstone || hasHorizon)) return bytes
  if (kept.length === 0 && !rule.keepsHeader) return null
  const horizonMs = hasHorizon ? header.baseTimestamp : rule.nowMs + rule.deleteRetentionMs
  return await rebuilt(header, kept, { horizonMs: hasTombstone ? horizonMs : null, checksum: rule.checksum })
}

function keptRecords(header: BatchHeader, section: Uint8Array, rule: CompactBatchRule): StoredRecord[] {
  const hasHorizon = (header.attributes & deleteHorizonBit) !== 0
  const dropsTombstones = hasHorizon && header.baseTimestamp <= rule.nowMs
  return [...storedRecords(header, section)].filter(
    ({ key, value, offset }) =>
      key !== null && !rule.keys.isSuperseded(key, offset) && !(value === null && dropsTombstones),
  )
}

async function rebuilt(
  header: BatchHeader,
  kept: readonly StoredRecord[],
  rule: { readonly horizonMs: number | null; readonly checksum: Checksum },
): Promise<Uint8Array> {
  const { horizonMs, checksum } = rule
  const horizonBit = horizonMs === null ? 0 : deleteHorizonBit
  const fields = {
    ...header,
    attributes: (header.attributes & ~deleteHorizonBit) | horizonBit,
    baseTimestamp: horizonMs ?? kept[0]?.timestampMs ?? -1,
    maxTimestamp: kept.reduce((max, { timestampMs }) => Math.max(max, timestampMs), -1),
  }
  if (kept.length === 0) return encodeBatch(fields, { recordsCount: 0, section: new Uint8Array(0) }, checksum)
  const section = await compress(codecNames[header.codec] ?? 'none', encodeRecords(fields, kept))
  return encodeBatch(fields, { recordsCount: kept.length, section }, checksum)
}
