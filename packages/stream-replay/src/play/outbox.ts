import { encodeBatch, type OutgoingRecord } from '../batch/batch-records.ts'
import { MemoryPool } from '../batch/memory-pool.ts'
import type { BatchWriter } from '../wire/batch-writer.ts'
import type { ResumeState } from './resume-file.ts'

/** Messages of one batch stay below this, which every broker takes by default (1 048 588 bytes). A larger message goes alone. */
const batchBytes = 900_000

interface Group {
  readonly topic: string
  readonly partition: number
  readonly codec: number
  readonly records: OutgoingRecord[]
  readonly letGo: (() => void)[]
  bytes: number
}

interface Outgoing {
  readonly bytes: Buffer
  readonly count: number
  readonly deltaMs: number
  /** The bytes are not needed any more. */
  readonly release?: () => void
}

export interface PlaceTotals {
  readonly topic: string
  readonly partition: number
  sent: number
  acked: number
}

/** Messages that are due now, gathered into one batch per partition, and the counts of what became of them. */
export class Outbox {
  readonly #writer: BatchWriter
  readonly #resume: ResumeState | null
  readonly #groups = new Map<string, Group>()
  readonly #totals = new Map<string, PlaceTotals>()
  readonly #memory = new MemoryPool({ largestBytes: 1_048_576, maxFreeBytes: 16_777_216 })
  sent = 0
  acked = 0
  bytes = 0
  ackedBytes = 0

  constructor(writer: BatchWriter, resume: ResumeState | null) {
    this.#writer = writer
    this.#resume = resume
  }

  get totals(): readonly PlaceTotals[] {
    return [...this.#totals.values()]
  }

  /** `letGo` is called when the record's bytes have been taken over. */
  add(
    place: { readonly topic: string; readonly partition: number },
    record: OutgoingRecord,
    { codec, letGo }: { readonly codec: number; readonly letGo: (() => void) | null },
  ): void {
    const key = `${place.topic}/${place.partition}`
    const size = (record.key?.length ?? 0) + (record.value?.length ?? 0) + 64
    let group = this.#groups.get(key)
    if (group !== undefined && (group.codec !== codec || group.bytes + size > batchBytes)) {
      this.#send(key, group)
      group = undefined
    }
    if (group === undefined) {
      group = { ...place, codec, records: [], letGo: [], bytes: 0 }
      this.#groups.set(key, group)
    }
    group.records.push(record)
    if (letGo !== null) group.letGo.push(letGo)
    group.bytes += size
    this.bytes += size - 64
  }

  /** A batch as it is; `bytes` becomes the outbox's own. */
  addBatch(place: { readonly topic: string; readonly partition: number }, batch: Outgoing): void {
    const key = `${place.topic}/${place.partition}`
    const group = this.#groups.get(key)
    if (group !== undefined) this.#send(key, group)
    this.bytes += batch.bytes.length
    this.#write(key, place, batch)
  }

  /** Hands everything over. */
  flush(): void {
    for (const [key, group] of this.#groups) this.#send(key, group)
  }

  #send(key: string, group: Group): void {
    this.#groups.delete(key)
    const count = group.records.length
    let release: () => void = () => undefined
    const bytes = encodeBatch(group.records, group.codec, (length) => {
      const memory = this.#memory.take(length)
      ;({ release } = memory)
      return memory.bytes
    })
    for (const letGo of group.letGo) letGo()
    this.#write(key, group, { bytes, count, deltaMs: 0, release })
  }

  #write(
    key: string,
    { topic, partition }: { readonly topic: string; readonly partition: number },
    { bytes, count, deltaMs, release }: Outgoing,
  ): void {
    let totals = this.#totals.get(key)
    if (totals === undefined) {
      totals = { topic, partition, sent: 0, acked: 0 }
      this.#totals.set(key, totals)
    }
    const counted = totals
    counted.sent += count
    this.sent += count
    const onAcked = (baseOffset: number): void => {
      counted.acked += count
      this.acked += count
      this.ackedBytes += bytes.length
      // What is not acknowledged at all may still be on its way when it counts as sent.
      if (baseOffset >= 0) release?.()
      const place = this.#resume?.places[key]
      if (place === undefined) return
      place.count += count
      place.sequence = (place.sequence + count) % 2 ** 31
      if (baseOffset >= 0) place.nextOffset = baseOffset + count
    }
    this.#writer.write({ topic, partition, bytes, count, deltaMs, onAcked })
  }
}
