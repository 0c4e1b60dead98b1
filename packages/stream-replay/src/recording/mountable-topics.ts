import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { batchesOf } from '../batch/batch-header.ts'
import { encodeBatch, recordsOf } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import { type RecordedPartition, segmentName, topicFolder } from './manifest.ts'
import { readBatches } from './batch-reader.ts'
import { Recording } from './recording.ts'
import { largestTime, positionBefore } from './segment-index.ts'

/** A log file of a recording, or the batches of its end as far as they belong to it. */
export interface MountableSegment {
  readonly baseOffset: number
  readonly log: string | Uint8Array
  readonly sizeBytes: number
  readonly nextOffset: number
  readonly maxTimestampMs: number
  readonly offsetIndex: string | null
  readonly timeIndex: string | null
}

export interface MountableTopic {
  readonly name: string
  readonly config: Readonly<Record<string, string>>
  readonly partitions: readonly {
    readonly logStartOffset: number
    readonly count: number
    readonly segments: readonly MountableSegment[]
  }[]
}

/** What a broker needs to know to show a recording as topics, without copying it. Rejects with REPLAY_NOT_ALLOWED for an archive. */
export async function mountableTopics(path: string): Promise<readonly MountableTopic[]> {
  const recording = await Recording.open(path)
  try {
    if (recording.isArchive)
      throw new ReplayError({
        code: 'REPLAY_NOT_ALLOWED',
        message: `${path} is an archive`,
        remedy: 'Unpack it with tar first: its segments are shown as they are.',
      })
    const topics: MountableTopic[] = []
    for (const { name, config, partitions } of recording.manifest.topics) {
      const last = Math.max(-1, ...partitions.map(({ partition }) => partition))
      const content = Array.from({ length: last + 1 }, (_, number) =>
        partitions.find(({ partition }) => partition === number),
      )
      topics.push({
        name,
        config,
        partitions: await Promise.all(content.map((entry) => partitionOf(recording, name, entry))),
      })
    }
    return topics
  } finally {
    await recording.close()
  }
}

async function partitionOf(
  recording: Recording,
  topic: string,
  entry: RecordedPartition | undefined,
): Promise<MountableTopic['partitions'][number]> {
  if (entry === undefined || entry.count === 0) return { logStartOffset: 0, count: 0, segments: [] }
  const { partition, first, last, count } = entry
  const segments: MountableSegment[] = []
  for (const base of recording.segmentsOf(topic, partition)) {
    if (base > last) break
    segments.push(...(await segmentsOf(recording, { topic, partition, base, last })))
  }
  return { logStartOffset: first, count, segments }
}

/** One segment, or two where a batch holds messages behind the last one that belongs to the recording. */
async function segmentsOf(
  recording: Recording,
  place: { readonly topic: string; readonly partition: number; readonly base: number; readonly last: number },
): Promise<MountableSegment[]> {
  const { topic, partition, base, last } = place
  const file = join(recording.path, topicFolder(topic), String(partition), segmentName(base))
  const indexes = await readIndexes(file)
  const log = await recording.openSegment(place, 'log')
  // Of what lies before the last entry of the indexes, they tell all that is needed.
  let sizeBytes = indexes === null ? 0 : positionBefore(indexes.offsets, last - base)
  let nextOffset = base
  let maxTimestampMs = indexes === null ? -1 : largestTime(indexes.times)
  const edge: MountableSegment[] = []
  try {
    for await (const { header, bytes } of readBatches(log, sizeBytes)) {
      if (header.baseOffset > last) break
      if (header.lastOffset > last) {
        edge.push(...edgeOf({ header, bytes }, last))
        break
      }
      sizeBytes += bytes.length
      nextOffset = header.lastOffset + 1
      maxTimestampMs = Math.max(maxTimestampMs, header.maxTimestampMs)
    }
  } finally {
    await log.close()
  }
  if (sizeBytes === 0) return edge
  const isIndexed = indexes !== null && sizeBytes === log.sizeBytes
  const segment = {
    baseOffset: base,
    log: `${file}.log`,
    sizeBytes,
    nextOffset: edge[0]?.baseOffset ?? nextOffset,
    maxTimestampMs,
    offsetIndex: isIndexed ? `${file}.idx` : null,
    timeIndex: isIndexed ? `${file}.tix` : null,
  }
  return [segment, ...edge]
}

/** Null where a crash, or a ring that was saved, left none. */
async function readIndexes(
  file: string,
): Promise<{ readonly offsets: Buffer; readonly times: Buffer } | null> {
  try {
    return { offsets: await readFile(`${file}.idx`), times: await readFile(`${file}.tix`) }
  } catch {
    return null
  }
}

function edgeOf(batch: Parameters<typeof recordsOf>[0], last: number): MountableSegment[] {
  const records = recordsOf(batch).filter(({ offset }) => offset <= last)
  if (records.length === 0) return []
  const bytes = encodeBatch(records, batch.header.codec)
  bytes.writeBigInt64BE(BigInt(batch.header.baseOffset), 0)
  const [encoded] = batchesOf(bytes)
  if (encoded === undefined) return []
  return [
    {
      baseOffset: batch.header.baseOffset,
      log: bytes,
      sizeBytes: bytes.length,
      nextOffset: encoded.header.lastOffset + 1,
      maxTimestampMs: encoded.header.maxTimestampMs,
      offsetIndex: null,
      timeIndex: null,
    },
  ]
}
