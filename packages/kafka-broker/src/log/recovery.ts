import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ProducerState } from '../core/producer-state.ts'
import type { BatchHeader } from '../core/record-batch.ts'
import type { LogContext, PartitionPlace } from './log-context.ts'
import {
  listSegments,
  type PartitionCheckpoint,
  readCheckpoint,
  readEpochs,
  readProducerSnapshot,
} from './partition-files.ts'
import { PartitionLog } from './partition-log.ts'
import { Segment, type WalkOutcome } from './segment.ts'

/** No batch can be longer: batchLength is a signed 32-bit number. */
const longestBatchBytes = 2_147_483_647

/** Opens a partition that was not closed in order: verifies what may be torn, cuts it off, rebuilds indexes and producers. */
export async function recoverPartition(place: PartitionPlace, context: LogContext): Promise<PartitionLog> {
  await removeLeftovers(place.directory)
  const checkpoint = await readCheckpoint(place.directory)
  const bases = await listSegments(place.directory)
  const recoveryOffset = checkpoint?.recoveryOffset ?? 0
  const snapshot = await readProducerSnapshot(place.directory, recoveryOffset)
  const scanFrom = Math.min(recoveryOffset, snapshot?.offset ?? 0)
  const producers = new ProducerState()
  producers.restore(snapshot?.entries ?? [])
  const onBatch = (header: BatchHeader): void => {
    if (header.producerId < 0 || header.baseOffset < (snapshot?.offset ?? 0)) return
    producers.record(header, {
      baseOffset: header.baseOffset,
      timestampMs: header.maxTimestamp,
      nowMs: context.nowMs(),
    })
  }

  const segments: Segment[] = []
  const { indexIntervalBytes } = place.settings()
  for (const [i, baseOffset] of bases.entries()) {
    const segment = Segment.empty({ directory: place.directory, baseOffset, indexIntervalBytes })
    const nextBase = bases[i + 1]
    if (nextBase !== undefined && nextBase <= scanFrom) {
      await segment.survey(nextBase)
      segment.forgetIndex()
    } else {
      await scan(segment, { isLast: nextBase === undefined, place, context, onBatch })
      if (nextBase !== undefined) await segment.writeIndexes()
    }
    segments.push(segment)
  }
  const states = segments.map((segment) => ({ baseOffset: segment.baseOffset, ...segment.state() }))
  for (const segment of segments) await segment.file.close()
  const log = PartitionLog.known(place, context, {
    logStartOffset: checkpoint?.logStartOffset ?? bases[0] ?? 0,
    recoveryOffset,
    epochs: await readEpochs(place.directory),
    producersAt: null,
    segments: withFreeEnd(states, checkpoint),
  })
  log.restoreProducers(producers.snapshot())
  // Clients that check epochs (KIP-320) learn so that a tail may be missing.
  await log.startEpoch(log.leaderEpoch + 1)
  return log
}

type KnownSegment = ReturnType<Segment['state']> & { readonly baseOffset: number }

/** Offsets that were given out once are not given again: if the log ends below the checkpoint, it goes on above. */
function withFreeEnd(
  states: readonly KnownSegment[],
  checkpoint: PartitionCheckpoint | null,
): readonly KnownSegment[] {
  const endOffset = states.at(-1)?.nextOffset ?? 0
  const nextOffset = Math.max(checkpoint?.nextOffset ?? 0, checkpoint?.logStartOffset ?? 0)
  if (nextOffset <= endOffset) return states
  return [
    ...states,
    { baseOffset: nextOffset, sizeBytes: 0, nextOffset, maxTimestampMs: -1, firstAppendMs: null },
  ]
}

async function scan(
  segment: Segment,
  options: {
    readonly isLast: boolean
    readonly place: PartitionPlace
    readonly context: LogContext
    readonly onBatch: (header: BatchHeader) => void
  },
): Promise<void> {
  const { isLast, place, context, onBatch } = options
  const outcome = await segment.recover({
    checksum: context.checksum,
    maxBatchBytes: longestBatchBytes,
    cut: false,
    nowMs: context.nowMs(),
    onBatch,
  })
  if (outcome.damage === null) return
  if (isLast && isTorn(outcome)) {
    await segment.file.truncate(outcome.soundBytes)
    const droppedBytes = outcome.fileBytes - outcome.soundBytes
    const { name } = place
    context.onEvent({
      kind: 'tail-truncated',
      log: name,
      droppedBytes,
      reason: outcome.damage,
      nextOffset: segment.nextOffset,
    })
    return
  }
  const path = await segment.setAsideDamage(outcome.soundBytes, outcome.fileBytes)
  context.onEvent({
    kind: 'segment-damaged',
    log: place.name,
    path,
    reason: outcome.damage,
    keptOffset: segment.nextOffset,
  })
}

/** What a crash leaves behind: a batch that is not all there. Anything else is kept for a person to look at. */
function isTorn(outcome: WalkOutcome): boolean {
  return outcome.damage === 'length' || outcome.damage === 'zeros'
}

async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith('.deleted') || name.endsWith('.tmp')) await rm(join(directory, name), { force: true })
  }
}
