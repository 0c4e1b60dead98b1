import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchHeader } from '../core/record-batch.ts'
import type { LogContext, PartitionPlace } from './log-context.ts'
import {
  listSegments,
  type PartitionCheckpoint,
  readCheckpoint,
  readEpochs,
  readProducerSnapshot,
} from './partition-files.ts'
import { LogProducers } from './log-producers.ts'
import { PartitionLog } from './partition-log.ts'
import { readTransactionIndexes } from './transaction-index.ts'
import { finishSwaps } from './segment-swap.ts'
import { Segment, type WalkOutcome } from './segment.ts'

/** No batch can be longer: batchLength is a signed 32-bit number. */
const longestBatchBytes = 2_147_483_647

/** Opens a partition that was not closed in order: verifies what may be torn, cuts it off, rebuilds indexes and producers. */
export async function recoverPartition(place: PartitionPlace, context: LogContext): Promise<PartitionLog> {
  await removeLeftovers(place.directory)
  await finishSwaps(place.directory)
  const checkpoint = await readCheckpoint(place.directory)
  const recoveryOffset = checkpoint?.recoveryOffset ?? 0
  const cleanedOffset = checkpoint?.cleanedOffset ?? 0
  const producers = await recoverProducers(place, { recoveryOffset, context })
  const scanFrom = Math.min(recoveryOffset, producers.fromOffset)
  const { onBatch } = producers
  const states = await recoverSegments(place, { scanFrom, cleanedOffset, context, onBatch })
  const log = PartitionLog.known(place, context, {
    logStartOffset: checkpoint?.logStartOffset ?? states[0]?.baseOffset ?? 0,
    recoveryOffset,
    epochs: await readEpochs(place.directory),
    producersAt: null,
    transactions: producers.known.transactions,
    cleanedOffset,
    segments: withFreeEnd(states, checkpoint),
  })
  log.restoreProducers(producers.known.state.snapshot())
  // Clients that check epochs (KIP-320) learn so that a tail may be missing.
  await log.startEpoch(log.leaderEpoch + 1)
  return log
}

type OnBatch = (header: BatchHeader, bytes: Uint8Array) => void

/** Producers as of the newest snapshot, and how to bring them up to date. */
async function recoverProducers(
  place: PartitionPlace,
  from: { readonly recoveryOffset: number; readonly context: LogContext },
): Promise<{ known: LogProducers; fromOffset: number; onBatch: OnBatch }> {
  const { nowMs } = from.context
  const snapshot = await readProducerSnapshot(place.directory, from.recoveryOffset)
  const fromOffset = snapshot?.offset ?? 0
  const known = new LogProducers(place.directory, { at: null, nowMs })
  known.restore(snapshot?.entries ?? [])
  known.transactions.restore(snapshot?.open ?? [], await readTransactionIndexes(place.directory, fromOffset))
  const onBatch: OnBatch = (header, bytes) => {
    const { producerId, baseOffset, maxTimestamp: timestampMs } = header
    if (producerId < 0 || baseOffset < fromOffset) return
    // Compaction may have taken records out of the batch, but not their sequence numbers.
    const sequenced = { ...header, recordsCount: header.lastOffsetDelta + 1 }
    known.state.record(sequenced, { baseOffset, timestampMs, nowMs: nowMs() })
    known.noteTransaction(header, baseOffset, bytes)
  }
  return { known, fromOffset, onBatch }
}

/** Looks at all segments: those below `scanFrom` are known to be sound. */
async function recoverSegments(
  place: PartitionPlace,
  how: {
    readonly scanFrom: number
    readonly cleanedOffset: number
    readonly context: LogContext
    readonly onBatch: OnBatch
  },
): Promise<readonly KnownSegment[]> {
  const { directory } = place
  const { indexIntervalBytes, isCompacted } = place.settings()
  const bases = await listSegments(directory)
  const states: KnownSegment[] = []
  for (const [i, baseOffset] of bases.entries()) {
    const segment = Segment.empty({ directory, baseOffset, indexIntervalBytes })
    const nextBase = bases[i + 1]
    if (nextBase !== undefined && nextBase <= how.scanFrom) {
      await segment.survey(nextBase)
    } else {
      const hasGaps = isCompacted || baseOffset < how.cleanedOffset
      await scan(segment, { ...how, isLast: nextBase === undefined, hasGaps, place })
      if (nextBase !== undefined) {
        if (hasGaps) segment.nextOffset = nextBase
        await segment.writeIndexes()
      }
    }
    states.push({ baseOffset, ...segment.state() })
    await segment.file.close()
  }
  return states
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
    readonly hasGaps: boolean
    readonly place: PartitionPlace
    readonly context: LogContext
    readonly onBatch: OnBatch
  },
): Promise<void> {
  const { isLast, hasGaps, place, context, onBatch } = options
  const outcome = await segment.recover({
    checksum: context.checksum,
    maxBatchBytes: longestBatchBytes,
    hasGaps,
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
    if (name.endsWith('.deleted') || name.endsWith('.tmp') || name.endsWith('.cleaned'))
      await rm(join(directory, name), { force: true })
  }
}
