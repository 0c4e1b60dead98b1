import { decodeDocument } from '@beamtime/event-model'
import { detectFormat } from '@beamtime/stream-formats/avro'
import { recordsOf, type StreamRecord } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'
import type { Position } from '../positions.ts'
import type { SourcePartition, StreamSource } from './stream-source.ts'

/** Where reading begins. A message counts when it passes all three tests, in this order. */
export interface StartPlace {
  from(partition: SourcePartition): number
  /** Messages with an earlier time are passed over. */
  readonly minTimeMs: number
  /** So many messages of the merged order are passed over. */
  readonly skip: number
}

/** Where reading ends: at the first message for which one of these holds. */
export interface StopPlace {
  readonly beforeTimeMs: number
  /** Number in the merged order of the whole stream. */
  readonly beforeIndex: number
  readonly beforeOffset: number
  /** Ends behind the stop document of this run. */
  readonly run: string | null
}

const anyStart: StartPlace = { from: () => 0, minTimeMs: Number.NEGATIVE_INFINITY, skip: 0 }
const anyStop: StopPlace = {
  beforeTimeMs: Infinity,
  beforeIndex: Infinity,
  beforeOffset: Infinity,
  run: null,
}

export function totalCount(source: StreamSource): number {
  return source.partitions.reduce((sum, { count }) => sum + count, 0)
}

/** Rejects with REPLAY_UNKNOWN_ID when a run is named that is not there. */
export async function findStart(source: StreamSource, position: Position | undefined): Promise<StartPlace> {
  if (position === undefined) return anyStart
  switch (position.kind) {
    case 'earliest':
      return anyStart
    case 'latest':
      return { ...anyStart, from: ({ last }) => last + 1 }
    case 'time':
      return await startAtTime(source, position.timestampMs)
    case 'before-end':
      return await startAtTime(source, (await lastTime(source)) - position.ms)
    case 'offset':
      return { ...anyStart, from: () => position.offset }
    case 'number':
      return { ...anyStart, skip: position.index }
    case 'percent':
      return { ...anyStart, skip: Math.floor((totalCount(source) * position.percent) / 100) }
    case 'run': {
      const found = await findRun(source, position.uid)
      const others = await startAtTime(source, found.timestampMs)
      return {
        ...others,
        from: (partition) => (partition === found.partition ? found.offset : others.from(partition)),
      }
    }
  }
}

export async function findStop(source: StreamSource, position: Position | undefined): Promise<StopPlace> {
  if (position === undefined) return anyStop
  switch (position.kind) {
    case 'earliest':
      return { ...anyStop, beforeIndex: 0 }
    case 'latest':
      return anyStop
    case 'time':
      return { ...anyStop, beforeTimeMs: position.timestampMs }
    case 'before-end':
      return { ...anyStop, beforeTimeMs: (await lastTime(source)) - position.ms }
    case 'offset':
      return { ...anyStop, beforeOffset: position.offset }
    case 'number':
      return { ...anyStop, beforeIndex: position.index }
    case 'percent':
      return { ...anyStop, beforeIndex: Math.floor((totalCount(source) * position.percent) / 100) }
    case 'run':
      return { ...anyStop, run: (await findRun(source, position.uid)).uid }
  }
}

async function startAtTime(source: StreamSource, timestampMs: number): Promise<StartPlace> {
  const offsets = new Map<SourcePartition, number>()
  for (const partition of source.partitions)
    offsets.set(partition, await source.offsetBeforeTime(partition, timestampMs))
  return { from: (partition) => offsets.get(partition) ?? 0, minTimeMs: timestampMs, skip: 0 }
}

/** Time of the last message. */
async function lastTime(source: StreamSource): Promise<number> {
  let last = 0
  for (const partition of source.partitions) {
    if (partition.lastTs !== null) last = Math.max(last, partition.lastTs)
    else if (partition.last >= partition.first) {
      for await (const { header } of source.batches(partition, partition.last))
        last = Math.max(last, header.maxTimestampMs)
    }
  }
  return last
}

/** Document name and content of a message, or null when it is none. */
export function documentOf(
  record: StreamRecord,
): { readonly name: string; readonly doc: Readonly<Record<string, unknown>> } | null {
  const { value } = record
  if (value === null || detectFormat(value).kind !== 'document') return null
  try {
    const [name, doc] = decodeDocument(value)
    return { name, doc: doc as unknown as Readonly<Record<string, unknown>> }
  } catch {
    return null // it only looks like one
  }
}

interface FoundRun {
  readonly partition: SourcePartition
  readonly offset: number
  readonly timestampMs: number
  readonly uid: string
}

async function findRun(source: StreamSource, uid: string): Promise<FoundRun> {
  for (const partition of source.partitions) {
    for await (const batch of source.batches(partition, partition.first)) {
      if (batch.header.isControl) continue
      for (const record of recordsOf(batch)) {
        const found = startUid(record)
        if (found?.startsWith(uid) === true)
          return { partition, offset: record.offset, timestampMs: record.timestampMs, uid: found }
      }
    }
  }
  throw new ReplayError({
    code: 'REPLAY_UNKNOWN_ID',
    message: `there is no start document of a run ${uid}`,
    remedy: 'Look for its uid with `stream cat --format doc`.',
  })
}

function startUid(record: StreamRecord): string | null {
  const { value } = record
  if (value === null) return null
  const format = detectFormat(value)
  if (format.kind !== 'document' || format.name !== 'start') return null
  const uid = documentOf(record)?.doc['uid']
  return typeof uid === 'string' ? uid : null
}
