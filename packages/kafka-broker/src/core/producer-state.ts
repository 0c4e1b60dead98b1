import { type KafkaErrorCode, kafkaError } from './error-codes.ts'

/* Idempotent producers: per partition and producer id the epoch, the last sequence and the last five batches.
 * Check order as in Kafka's ProducerStateManager; a batch that came before is a success with its old offset. */

const rememberedBatches = 5
export const producerExpiryMs = 86_400_000

interface RememberedBatch {
  readonly baseSequence: number
  readonly lastSequence: number
  readonly baseOffset: number
  readonly timestampMs: number
}

export interface ProducerEntry {
  readonly producerId: number
  epoch: number
  lastSequence: number
  batches: RememberedBatch[]
  /** Time of the last append, for expiry. */
  touchedMs: number
}

/** The sequence numbers of a batch that a producer wants to append. */
export interface SequencedBatch {
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordsCount: number
  /** Ends a transaction; has no sequence number. */
  readonly isControl?: boolean
}

export type SequenceCheck =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly baseOffset: number; readonly timestampMs: number }
  | { readonly kind: 'refused'; readonly errorCode: KafkaErrorCode; readonly message: string }

const maxSequence = 2_147_483_647

/** Last sequence of a batch; the number after 2 147 483 647 is 0. */
function lastSequenceOf(batch: SequencedBatch): number {
  const last = batch.baseSequence + batch.recordsCount - 1
  return last > maxSequence ? last - maxSequence - 1 : last
}

/** The producers of one partition. */
export class ProducerState {
  readonly #entries = new Map<number, ProducerEntry>()

  get size(): number {
    return this.#entries.size
  }

  entries(): Iterable<ProducerEntry> {
    return this.#entries.values()
  }

  check(batch: SequencedBatch): SequenceCheck {
    const entry = this.#entries.get(batch.producerId)
    if (entry === undefined) return { kind: 'append' }
    if (batch.producerEpoch === entry.epoch) {
      const lastSequence = lastSequenceOf(batch)
      const before = entry.batches.find(
        (b) => b.baseSequence === batch.baseSequence && b.lastSequence === lastSequence,
      )
      if (before !== undefined) {
        return { kind: 'duplicate', baseOffset: before.baseOffset, timestampMs: before.timestampMs }
      }
    }
    if (batch.producerEpoch < entry.epoch) {
      const message = `producer ${batch.producerId} has epoch ${entry.epoch}, the batch ${batch.producerEpoch}`
      return { kind: 'refused', errorCode: kafkaError.invalidProducerEpoch, message }
    }
    const expected = expectedSequence(entry, batch.producerEpoch)
    if (batch.baseSequence !== expected) {
      const message = `producer ${batch.producerId} sent sequence ${batch.baseSequence}, expected ${expected}`
      return { kind: 'refused', errorCode: kafkaError.outOfOrderSequenceNumber, message }
    }
    return { kind: 'append' }
  }

  /** Remembers an appended batch. */
  record(
    batch: SequencedBatch,
    at: { readonly baseOffset: number; readonly timestampMs: number; readonly nowMs: number },
  ): void {
    if (batch.isControl === true) {
      this.#fence(batch, at.nowMs)
      return
    }
    let entry = this.#entries.get(batch.producerId)
    if (entry === undefined || entry.epoch !== batch.producerEpoch) {
      entry = {
        producerId: batch.producerId,
        epoch: batch.producerEpoch,
        lastSequence: -1,
        batches: [],
        touchedMs: 0,
      }
      this.#entries.set(batch.producerId, entry)
    }
    const lastSequence = lastSequenceOf(batch)
    entry.lastSequence = lastSequence
    entry.touchedMs = at.nowMs
    entry.batches.push({
      baseSequence: batch.baseSequence,
      lastSequence,
      baseOffset: at.baseOffset,
      timestampMs: at.timestampMs,
    })
    if (entry.batches.length > rememberedBatches) entry.batches.shift()
  }

  /** The epoch of a control record is the newest: producers with an older one are refused from here on. */
  #fence({ producerId, producerEpoch }: SequencedBatch, nowMs: number): void {
    const entry = this.#entries.get(producerId)
    if (entry === undefined) return
    entry.touchedMs = nowMs
    if (producerEpoch <= entry.epoch) return
    entry.epoch = producerEpoch
    entry.lastSequence = -1
    entry.batches = []
  }

  /** Forgets producers that have been silent for {@link producerExpiryMs}. */
  expire(nowMs: number): void {
    for (const entry of this.#entries.values()) {
      if (nowMs - entry.touchedMs > producerExpiryMs) this.#entries.delete(entry.producerId)
    }
  }

  /** For a snapshot file. */
  snapshot(): readonly ProducerEntry[] {
    return Array.from(this.#entries.values(), (entry) => ({ ...entry, batches: [...entry.batches] }))
  }

  restore(entries: readonly ProducerEntry[]): void {
    this.#entries.clear()
    for (const entry of entries)
      this.#entries.set(entry.producerId, { ...entry, batches: [...entry.batches] })
  }
}

function expectedSequence(entry: ProducerEntry, epoch: number): number {
  if (epoch > entry.epoch) return 0
  return entry.lastSequence === maxSequence ? 0 : entry.lastSequence + 1
}
