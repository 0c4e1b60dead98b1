import { controlBatch } from '../core/control-record.ts'
import type { Checksum } from '../core/crc32c.ts'
import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import { readBatchHeader } from '../core/record-batch.ts'
import {
  claimError,
  completed,
  endStep,
  extended,
  hasEpochsLeft,
  isEnding,
  maxTimeoutMs,
  mayRecover,
  newTransaction,
  type PendingOffset,
  type ProducerClaim,
  raised,
  timedOut,
  type TransactionRow,
  withOffsets,
} from '../core/transaction.ts'
import type { GroupCoordinator } from '../groups/group-coordinator.ts'
import { splitPartitionKey } from '../groups/group-journal.ts'
import type { TopicStore } from '../log/topic-store.ts'

export type TransactionEvent =
  | {
      readonly kind: 'transaction-ended'
      readonly transactionalId: string
      readonly isCommitted: boolean
      readonly partitions: number
    }
  | { readonly kind: 'transaction-timed-out'; readonly transactionalId: string }
  | { readonly kind: 'transaction-stuck'; readonly transactionalId: string; readonly error: unknown }

export interface TransactionCoordinatorOptions {
  readonly store: TopicStore
  readonly groups: GroupCoordinator
  readonly checksum: Checksum
  readonly nowMs: () => number
  readonly onEvent: (event: TransactionEvent) => void
}

export interface InitOutcome {
  readonly errorCode: KafkaErrorCode
  readonly producerId: number
  readonly producerEpoch: number
}

/** Transactional ids are named by clients, so there is a bound. */
const maxIds = 10_000
const checkMs = 1_000
const idExpiryMs = 7 * 86_400_000

/** The shell of the transactions: keeps each on the disk, writes the markers that end it, ends those that take too long. */
export class TransactionCoordinator {
  readonly #options: TransactionCoordinatorOptions
  readonly #rows = new Map<string, TransactionRow>()
  /** Changes of one transactional id go one after another. */
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #timer: NodeJS.Timeout
  #closed = false

  private constructor(options: TransactionCoordinatorOptions) {
    this.#options = options
    for (const [id, row] of options.store.catalog.rows('transactions'))
      this.#rows.set(id, row as TransactionRow)
    this.#timer = setInterval(() => void this.#check(), checkMs)
    this.#timer.unref()
  }

  /** Those whose end was decided before a crash are ended first. */
  static async open(options: TransactionCoordinatorOptions): Promise<TransactionCoordinator> {
    const coordinator = new TransactionCoordinator(options)
    await coordinator.#check()
    return coordinator
  }

  /** Transactions that are under way. */
  get openCount(): number {
    return [...this.#rows.values()].filter(({ state }) => state === 'Ongoing').length
  }

  #inTurn<T>(id: string, change: () => Promise<T>): Promise<T> {
    const result = (this.#turns.get(id) ?? Promise.resolve()).then(change)
    const settled = result.then(
      () => undefined,
      () => undefined, // the caller has the error
    )
    this.#turns.set(id, settled)
    void settled.then(() => {
      if (this.#turns.get(id) === settled) this.#turns.delete(id)
    })
    return result
  }

  async #put(id: string, row: TransactionRow, durable: boolean): Promise<void> {
    await this.#options.store.catalog.putRows('transactions', [[id, row]], durable)
    this.#rows.set(id, row)
  }

  /** Gives a producer its id and epoch; an open transaction of one before it is aborted first. */
  init(
    id: string,
    wanted: { readonly timeoutMs: number; readonly claim: ProducerClaim },
  ): Promise<InitOutcome> {
    const refused = (errorCode: KafkaErrorCode): InitOutcome => ({
      errorCode,
      producerId: -1,
      producerEpoch: -1,
    })
    return this.#inTurn(id, async () => {
      const { timeoutMs, claim } = wanted
      const nowMs = this.#options.nowMs()
      if (timeoutMs <= 0 || timeoutMs > maxTimeoutMs) return refused(kafkaError.invalidTransactionTimeout)
      const known = this.#rows.get(id) ?? null
      if (known === null && this.#rows.size >= maxIds) return refused(kafkaError.coordinatorNotAvailable)
      if (known !== null && !mayRecover(known, claim)) return refused(kafkaError.producerFenced)
      let row = known
      if (row?.state === 'Ongoing') row = await this.#prepare(id, timedOut(row, nowMs))
      if (row !== null && isEnding(row)) row = await this.#finish(id, row)
      const next =
        row !== null && hasEpochsLeft(row)
          ? raised(row, { timeoutMs, nowMs })
          : newTransaction(await this.#options.store.newProducerId(), { timeoutMs, nowMs })
      await this.#put(id, next, true)
      const { producerId, producerEpoch } = next
      return { errorCode: kafkaError.none, producerId, producerEpoch }
    })
  }

  addPartitions(id: string, claim: ProducerClaim, partitions: readonly string[]): Promise<KafkaErrorCode> {
    return this.#extend(id, claim, { partitions })
  }

  addGroup(id: string, claim: ProducerClaim, groupId: string): Promise<KafkaErrorCode> {
    return this.#extend(id, claim, { groupId })
  }

  #extend(id: string, claim: ProducerClaim, add: Parameters<typeof extended>[1]): Promise<KafkaErrorCode> {
    return this.#inTurn(id, async () => {
      const row = this.#rows.get(id) ?? null
      const errorCode = claimError(row, claim)
      if (row === null || errorCode !== kafkaError.none) return errorCode
      if (isEnding(row)) return kafkaError.concurrentTransactions
      const next = extended(row, add, this.#options.nowMs())
      if (next !== row) await this.#put(id, next, false)
      return kafkaError.none
    })
  }

  /** Offsets that are committed when the transaction is. */
  addOffsets(
    id: string,
    claim: ProducerClaim,
    offsets: { readonly groupId: string; readonly rows: readonly PendingOffset[] },
  ): Promise<KafkaErrorCode> {
    return this.#inTurn(id, async () => {
      const { groupId, rows } = offsets
      const row = this.#rows.get(id) ?? null
      const errorCode = claimError(row, claim)
      if (row === null || errorCode !== kafkaError.none) return errorCode
      if (row.state !== 'Ongoing' || !row.groups.includes(groupId)) return kafkaError.invalidTransactionState
      await this.#put(id, withOffsets(row, groupId, rows), false)
      return kafkaError.none
    })
  }

  /** Resolves when the transaction has ended everywhere. */
  end(id: string, claim: ProducerClaim, isCommitted: boolean): Promise<KafkaErrorCode> {
    return this.#inTurn(id, async () => {
      const row = this.#rows.get(id) ?? null
      const errorCode = claimError(row, claim)
      if (row === null || errorCode !== kafkaError.none) return errorCode
      const step = endStep(row, isCommitted, this.#options.nowMs())
      if (step.kind === 'refused') return step.errorCode
      if (step.kind === 'prepare') await this.#finish(id, await this.#prepare(id, step.row))
      return kafkaError.none
    })
  }

  /** From here on the end is decided, also over a crash. */
  async #prepare(id: string, row: TransactionRow): Promise<TransactionRow> {
    await this.#put(id, row, true)
    return row
  }

  /** Writes the markers, then the offsets. Rejects when a partition cannot be written: then it is tried again later. */
  async #finish(id: string, row: TransactionRow): Promise<TransactionRow> {
    const isCommitted = row.state === 'PrepareCommit'
    await Promise.all(row.partitions.map((key) => this.#mark(key, row, isCommitted)))
    if (isCommitted) {
      for (const [groupId, rows] of row.offsets) await this.#options.groups.commitPending(groupId, rows)
    }
    const next = completed(row, this.#options.nowMs())
    await this.#put(id, next, false)
    const partitions = row.partitions.length
    this.#options.onEvent({ kind: 'transaction-ended', transactionalId: id, isCommitted, partitions })
    return next
  }

  async #mark(key: string, row: TransactionRow, isCommitted: boolean): Promise<void> {
    const { store, nowMs, checksum } = this.#options
    const { topic, partition } = splitPartitionKey(key)
    const log = store.partition(topic, partition)
    if (log === undefined) return // deleted meanwhile
    const bytes = controlBatch(row, { isCommitted, nowMs: nowMs() }, checksum)
    const outcome = await log.append({ header: readBatchHeader(bytes), bytes })
    if (outcome.kind === 'refused' && outcome.errorCode !== kafkaError.unknownTopicOrPartition)
      throw new Error(`${key}: ${outcome.message}`)
  }

  /** Whether a producer may write transactional records to a partition. */
  writeError(id: string | null, claim: ProducerClaim, key: string): KafkaErrorCode {
    const row = id === null ? null : (this.#rows.get(id) ?? null)
    const errorCode = claimError(row, claim)
    // Producers of all ages know this one.
    if (errorCode === kafkaError.producerFenced) return kafkaError.invalidProducerEpoch
    if (row === null || errorCode !== kafkaError.none) return errorCode
    const isOpen = row.state === 'Ongoing' && row.partitions.includes(key)
    return isOpen ? kafkaError.none : kafkaError.invalidTransactionState
  }

  /** Whether an open transaction may still change the offset of a partition. */
  isPending(groupId: string, key: string): boolean {
    for (const { offsets } of this.#rows.values()) {
      for (const [group, rows] of offsets)
        if (group === groupId && rows.some(([one]) => one === key)) return true
    }
    return false
  }

  /** Ends what is decided and what takes too long; forgets ids that were not used for a week. */
  async #check(): Promise<void> {
    if (this.#closed) return
    const nowMs = this.#options.nowMs()
    for (const [id, { state, startedMs, timeoutMs, touchedMs }] of this.#rows) {
      const isLate = state === 'Ongoing' && nowMs - startedMs > timeoutMs
      const isOld = state !== 'Ongoing' && nowMs - touchedMs > idExpiryMs
      if (isLate || isOld || state.startsWith('Prepare')) await this.#inTurn(id, () => this.#settle(id))
    }
  }

  async #settle(id: string): Promise<void> {
    const row = this.#rows.get(id)
    if (row === undefined || this.#closed) return
    const nowMs = this.#options.nowMs()
    try {
      if (isEnding(row)) await this.#finish(id, row)
      else if (row.state === 'Ongoing') {
        if (nowMs - row.startedMs <= row.timeoutMs) return
        this.#options.onEvent({ kind: 'transaction-timed-out', transactionalId: id })
        await this.#finish(id, await this.#prepare(id, timedOut(row, nowMs)))
      } else if (nowMs - row.touchedMs > idExpiryMs) {
        await this.#options.store.catalog.putRows('transactions', [[id, null]])
        this.#rows.delete(id)
      }
    } catch (error) {
      this.#options.onEvent({ kind: 'transaction-stuck', transactionalId: id, error })
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await Promise.all(this.#turns.values())
  }
}
