import type { EpochEntry } from './partition-files.ts'
import type { SegmentState } from './segment.ts'
import type { LogSettings } from '../core/topic-config.ts'
import type { AbortedTransaction, OpenTransaction } from '../core/partition-transactions.ts'
import type { Checksum } from '../core/crc32c.ts'
import type { FramePool } from '../core/frame-pool.ts'
import type { TailCache } from '../core/tail-cache.ts'

/** What happens in the log that a person or a metric wants to know. */
export type LogEvent =
  | {
      readonly kind: 'tail-truncated'
      readonly log: string
      readonly droppedBytes: number
      readonly reason: string
      readonly nextOffset: number
    }
  | {
      readonly kind: 'segment-damaged'
      readonly log: string
      readonly path: string
      readonly reason: string
      readonly keptOffset: number
    }
  | { readonly kind: 'segment-rolled'; readonly log: string; readonly baseOffset: number }
  | {
      readonly kind: 'segments-deleted'
      readonly log: string
      readonly count: number
      readonly logStartOffset: number
    }
  | {
      readonly kind: 'compacted'
      readonly log: string
      readonly freedBytes: number
      readonly upToOffset: number
    }
  | { readonly kind: 'write-failed'; readonly log: string; readonly error: unknown }
  | { readonly kind: 'fsync'; readonly log: string; readonly seconds: number }

/** What all partitions of a broker share. */
export interface LogContext {
  readonly cache: TailCache
  /** Memory of the requests whose batches the cache keeps. */
  readonly frames: FramePool
  readonly nowMs: () => number
  readonly checksum: Checksum
  /** False while the disk is too full for new data. */
  readonly hasSpace: () => boolean
  readonly onEvent: (event: LogEvent) => void
}

/** Where a partition lives and how. */
export interface PartitionPlace {
  /** `<topic>-<partition>`, for logs. */
  readonly name: string
  readonly topicId: string
  readonly directory: string
  /** Read anew at each use: the settings of a topic can change. */
  readonly settings: () => LogSettings
}

/** What is known of a partition before any of its files is opened. */
export interface PartitionState {
  readonly logStartOffset: number
  readonly recoveryOffset: number
  readonly epochs: readonly EpochEntry[]
  /** Offset of the producer snapshot to read before the next idempotent append; null = there are no producers. */
  readonly producersAt: number | null
  /** Absent: there are none. */
  readonly transactions?: {
    readonly open: readonly OpenTransaction[]
    readonly aborted: readonly AbortedTransaction[]
  }
  /** Records below it have been compacted. Default 0. */
  readonly cleanedOffset?: number
  readonly segments: readonly (SegmentState & { readonly baseOffset: number })[]
}

export interface ReadResult {
  readonly pieces: Uint8Array[]
  readonly sizeBytes: number
  /** Offset after the last record read. */
  readonly nextOffset: number
  /** To be given back when the pieces are no longer needed. */
  readonly buffer?: Uint8Array | null
}
