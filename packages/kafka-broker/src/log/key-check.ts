import { codecNames, type BatchHeader, recordsSection } from '../core/record-batch.ts'
import { storedRecords } from '../core/stored-record.ts'
import { decompressAtOnce } from './compression.ts'

/** Whether a batch may go into a compacted topic: each record has a key. Null when all is well, else one sentence. */
export function missingKey(header: BatchHeader, bytes: Uint8Array, maxBytes: number): string | null {
  try {
    const section = decompressAtOnce(codecNames[header.codec] ?? 'none', recordsSection(bytes), maxBytes)
    for (const { key } of storedRecords(header, section))
      if (key === null) return 'a compacted topic takes no record without a key'
    return null
  } catch (error) {
    return `the records cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}
