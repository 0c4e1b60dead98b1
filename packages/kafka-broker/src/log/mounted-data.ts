import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeCleanMarker } from './clean-marker.ts'
import { writeCheckpoint, writeEpochs } from './partition-files.ts'
import type { PartitionState } from './log-context.ts'
import { offsetName, type SegmentState } from './segment.ts'
import { TopicCatalog } from './topic-catalog.ts'

/** A log file that lies elsewhere and is not to be changed. */
export interface MountedSegment {
  readonly baseOffset: number
  /** Absolute path of the batches, or the batches themselves. */
  readonly log: string | Uint8Array
  /** How much of it counts, and the offset behind that. */
  readonly sizeBytes: number
  readonly nextOffset: number
  readonly maxTimestampMs: number
  /** Absolute paths of the two sparse indexes in Kafka's layout; null = made when they are needed. */
  readonly offsetIndex: string | null
  readonly timeIndex: string | null
}

export interface MountedTopic {
  readonly name: string
  readonly configs: Readonly<Record<string, string>>
  /** By partition number. */
  readonly partitions: readonly {
    /** Records below it are not shown. */
    readonly logStartOffset: number
    /** Rising. */
    readonly segments: readonly MountedSegment[]
  }[]
}

/**
 * Makes a data directory whose topics are log files that lie elsewhere: links to them, and an empty segment behind them. A
 * broker that opens it never writes to those files, because it appends to and truncates the last segment only and removes
 * links only. Indexes are copied, because a broker may write them anew.
 */
export async function writeMountedData(directory: string, topics: readonly MountedTopic[]): Promise<void> {
  await mkdir(directory, { recursive: true })
  const catalog = await TopicCatalog.open(directory)
  const states = new Map<string, PartitionState & { readonly topicId: string }>()
  try {
    for (const { name, configs, partitions } of topics) {
      const { id } = await catalog.create({ name, partitions: partitions.length, configs })
      for (const [partition, content] of partitions.entries()) {
        const place = `${name}-${partition}`
        const state = await mountPartition(join(directory, 'topics', place), { topicId: id, ...content })
        states.set(place, { topicId: id, ...state })
      }
    }
  } finally {
    await catalog.close()
  }
  await writeCleanMarker(directory, states)
}

async function mountPartition(
  directory: string,
  content: MountedTopic['partitions'][number] & { readonly topicId: string },
): Promise<PartitionState> {
  const { logStartOffset, segments, topicId } = content
  await mkdir(directory, { recursive: true })
  const end = Math.max(logStartOffset, segments.at(-1)?.nextOffset ?? 0)
  for (const segment of segments) await mountSegment(directory, segment)
  const epochs = [{ epoch: 0, startOffset: 0 }]
  await writeEpochs(directory, epochs)
  await writeCheckpoint(directory, { topicId, logStartOffset, nextOffset: end, recoveryOffset: end })
  const known = segments.map(({ baseOffset, sizeBytes, nextOffset, maxTimestampMs }) => ({
    baseOffset,
    sizeBytes,
    nextOffset,
    maxTimestampMs,
    firstAppendMs: null,
  }))
  const empty: SegmentState = { sizeBytes: 0, nextOffset: end, maxTimestampMs: -1, firstAppendMs: null }
  return {
    logStartOffset,
    recoveryOffset: end,
    epochs,
    producersAt: null,
    segments: [...known, { baseOffset: end, ...empty }],
  }
}

async function mountSegment(directory: string, segment: MountedSegment): Promise<void> {
  const base = join(directory, offsetName(segment.baseOffset))
  if (typeof segment.log === 'string') await symlink(segment.log, `${base}.log`)
  else await writeFile(`${base}.log`, segment.log)
  if (segment.offsetIndex !== null) await copyFile(segment.offsetIndex, `${base}.index`)
  if (segment.timeIndex !== null) await copyFile(segment.timeIndex, `${base}.timeindex`)
}
