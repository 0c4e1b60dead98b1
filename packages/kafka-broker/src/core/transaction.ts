import { type KafkaErrorCode, kafkaError } from './error-codes.ts'

/* One transactional id: who may write under it, and how far its transaction is. The shell, transactions/, keeps it on the disk
 * and writes the markers. Source: Kafka documentation, "Transactions", and KIP-98, KIP-360, KIP-447. */

export type TransactionState =
  | 'Empty'
  | 'Ongoing'
  | 'PrepareCommit'
  | 'PrepareAbort'
  | 'CompleteCommit'
  | 'CompleteAbort'

/** [topic and partition as one key, offset, leader epoch, metadata] */
export type PendingOffset = readonly [key: string, offset: number, leaderEpoch: number, metadata: string]

/** What is durable of a transactional id. */
export interface TransactionRow {
  readonly producerId: number
  readonly producerEpoch: number
  /** The epoch before it was raised for a time-out: its holder may go on by InitProducerId. */
  readonly lastEpoch: number
  readonly timeoutMs: number
  readonly state: TransactionState
  /** Topic and partition as one key. */
  readonly partitions: readonly string[]
  readonly groups: readonly string[]
  readonly offsets: readonly (readonly [groupId: string, rows: readonly PendingOffset[]])[]
  readonly startedMs: number
  readonly touchedMs: number
}

export const maxTimeoutMs = 900_000
const maxEpoch = 32_766

export interface ProducerClaim {
  readonly producerId: number
  readonly producerEpoch: number
}

/** Refuses who is not, or no longer, the producer of the transactional id. */
export function claimError(row: TransactionRow | null, claim: ProducerClaim): KafkaErrorCode {
  if (row === null || row.producerId !== claim.producerId) return kafkaError.invalidProducerIdMapping
  if (row.producerEpoch !== claim.producerEpoch) return kafkaError.producerFenced
  return kafkaError.none
}

export function isEnding({ state }: TransactionRow): boolean {
  return state === 'PrepareCommit' || state === 'PrepareAbort'
}

export function newTransaction(
  producerId: number,
  facts: { timeoutMs: number; nowMs: number },
): TransactionRow {
  return {
    producerId,
    producerEpoch: 0,
    lastEpoch: -1,
    timeoutMs: facts.timeoutMs,
    state: 'Empty',
    partitions: [],
    groups: [],
    offsets: [],
    startedMs: 0,
    touchedMs: facts.nowMs,
  }
}

/** Whether the epoch can be raised; otherwise the producer needs a new id. */
export function hasEpochsLeft(row: TransactionRow): boolean {
  return row.producerEpoch < maxEpoch
}

/** Who claims a producer id with InitProducerId (version 3 on) has to be the last one who had it. */
export function mayRecover(row: TransactionRow, claim: ProducerClaim): boolean {
  if (claim.producerId < 0) return true
  const isOwn = claim.producerId === row.producerId
  return isOwn && (claim.producerEpoch === row.producerEpoch || claim.producerEpoch === row.lastEpoch)
}

/** A producer begins anew: those before it are fenced. */
export function raised(row: TransactionRow, facts: { timeoutMs: number; nowMs: number }): TransactionRow {
  return {
    ...row,
    producerEpoch: row.producerEpoch + 1,
    lastEpoch: -1,
    timeoutMs: facts.timeoutMs,
    state: 'Empty',
    partitions: [],
    groups: [],
    offsets: [],
    touchedMs: facts.nowMs,
  }
}

/** With partitions or a group added; the same object when there is nothing new. */
export function extended(
  row: TransactionRow,
  add: { readonly partitions?: readonly string[]; readonly groupId?: string },
  nowMs: number,
): TransactionRow {
  const isRunning = row.state === 'Ongoing'
  const before = isRunning ? row : { ...row, partitions: [], groups: [], offsets: [] }
  const partitions = (add.partitions ?? []).filter((key) => !before.partitions.includes(key))
  const groups = [add.groupId ?? []].flat().filter((groupId) => !before.groups.includes(groupId))
  if (isRunning && partitions.length === 0 && groups.length === 0) return row
  return {
    ...before,
    state: 'Ongoing',
    partitions: [...before.partitions, ...partitions],
    groups: [...before.groups, ...groups],
    startedMs: isRunning ? row.startedMs : nowMs,
    touchedMs: nowMs,
  }
}

/** With offsets of a group that are committed together with the records. */
export function withOffsets(
  row: TransactionRow,
  groupId: string,
  added: readonly PendingOffset[],
): TransactionRow {
  const known = row.offsets.find(([group]) => group === groupId)?.[1] ?? []
  const newer = new Set(added.map(([key]) => key))
  const rows = [...known.filter(([key]) => !newer.has(key)), ...added]
  return { ...row, offsets: [...row.offsets.filter(([group]) => group !== groupId), [groupId, rows]] }
}

export type EndStep =
  | { readonly kind: 'refused'; readonly errorCode: KafkaErrorCode }
  /** It has ended that way before: a retry. */
  | { readonly kind: 'done' }
  | { readonly kind: 'prepare'; readonly row: TransactionRow }

/** What EndTxn does in each state. */
export function endStep(row: TransactionRow, isCommitted: boolean, nowMs: number): EndStep {
  const ended = isCommitted ? 'CompleteCommit' : 'CompleteAbort'
  switch (row.state) {
    case 'Ongoing':
      return { kind: 'prepare', row: prepared(row, isCommitted, nowMs) }
    case 'PrepareCommit':
    case 'PrepareAbort':
      return { kind: 'refused', errorCode: kafkaError.concurrentTransactions }
    case 'CompleteCommit':
    case 'CompleteAbort':
      return row.state === ended
        ? { kind: 'done' }
        : { kind: 'refused', errorCode: kafkaError.invalidTransactionState }
    case 'Empty':
      return { kind: 'refused', errorCode: kafkaError.invalidTransactionState }
  }
}

export function prepared(row: TransactionRow, isCommitted: boolean, nowMs: number): TransactionRow {
  return { ...row, state: isCommitted ? 'PrepareCommit' : 'PrepareAbort', touchedMs: nowMs }
}

/** A transaction that took too long: its producer is fenced, and may come back by InitProducerId. */
export function timedOut(row: TransactionRow, nowMs: number): TransactionRow {
  const { producerEpoch: lastEpoch } = row
  const producerEpoch = hasEpochsLeft(row) ? lastEpoch + 1 : lastEpoch
  return prepared({ ...row, producerEpoch, lastEpoch }, false, nowMs)
}

export function completed(row: TransactionRow, nowMs: number): TransactionRow {
  const state = row.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort'
  return { ...row, state, partitions: [], groups: [], offsets: [], touchedMs: nowMs }
}
