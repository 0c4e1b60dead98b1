import { checkBatch } from '../core/batch-check.ts'
import type { MessageOf } from '../core/codec.ts'
import { type BatchHeader, crcStart } from '../core/record-batch.ts'
import { partitionKey } from '../groups/group-journal.ts'
import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import type { AppendOutcome } from '../log/append-queue.ts'
import { upConvert } from '../log/old-formats.ts'
import { missingKey } from '../log/key-check.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { Topic } from '../log/topic-store.ts'
import { produceRequest, produceResponse } from '../messages/produce.ts'
import { sliceBytes, slicedChecksum } from '../sliced-checksum.ts'
import { type Call, closeConnection, defineApi, may, noResponse } from './api.ts'

type PartitionData = MessageOf<typeof produceRequest>['topicData'][number]['partitionData'][number]

/** Before version 3 producers send the old message formats. */
const firstVersionWithBatches = 3
/** Largest records section that is unpacked to look for keys. */
const maxLookedIntoBytes = 268_435_456

function refusal(errorCode: KafkaErrorCode, message: string): Promise<AppendOutcome> {
  return Promise.resolve({ kind: 'refused', errorCode, message })
}

function append(
  { topicName, transactionalId }: { readonly topicName: string; readonly transactionalId: string | null },
  data: PartitionData,
  call: Call,
): Promise<AppendOutcome> {
  const { core } = call
  if (!may(call, 'write', ['topic', topicName]))
    return refusal(kafkaError.topicAuthorizationFailed, `writing to topic ${topicName} is not allowed`)
  const topic = core.store.topic(topicName)
  const log = topic?.logs[data.index]
  if (topic === undefined || log === undefined) {
    return refusal(
      kafkaError.unknownTopicOrPartition,
      `there is no partition ${data.index} of topic ${topicName}`,
    )
  }
  if (data.records === null) return refusal(kafkaError.invalidRecord, 'no records')
  const key = partitionKey(topicName, data.index)
  return appendTo({ topic, log, key, transactionalId }, data.records, call)
}

interface ProducePlace {
  readonly topic: Topic
  readonly log: PartitionLog
  /** Topic and partition as one key. */
  readonly key: string
  readonly transactionalId: string | null
}

/** Transactional records belong to a transaction that is open and knows the partition. */
function transactionError(
  header: BatchHeader,
  { transactionalId, key }: Pick<ProducePlace, 'transactionalId' | 'key'>,
  { core }: Call,
): Promise<AppendOutcome> | null {
  if (!header.isTransactional) return null
  const errorCode = core.transactions.writeError(transactionalId, header, key)
  if (errorCode === kafkaError.none) return null
  return refusal(errorCode, `no open transaction of ${transactionalId ?? 'the producer'} has this partition`)
}

function appendTo(
  { topic, log, key, transactionalId }: ProducePlace,
  sent: Uint8Array,
  call: Call,
): Promise<AppendOutcome> {
  const { core, version, checksums } = call
  const converted = version < firstVersionWithBatches ? upConvert(sent, core.checksum) : null
  if (converted?.kind === 'refused') return Promise.resolve(converted)
  const records = converted?.batch.bytes ?? sent
  const settings = core.store.settings(topic.entry)
  const check = checkBatch(records, {
    ...settings,
    produceVersion: version,
    nowMs: core.nowMs(),
    checksum: core.checksum,
    knownCrc: converted?.batch.header.crc ?? checksums.get(records),
  })
  if (check.kind === 'refused') return Promise.resolve(check)
  const outside = transactionError(check.header, { transactionalId, key }, call)
  if (outside !== null) return outside
  const keyless = settings.isCompacted ? missingKey(check.header, records, maxLookedIntoBytes) : null
  if (keyless !== null) return refusal(kafkaError.invalidRecord, keyless)
  core.onEvent({
    kind: 'produced',
    topic: topic.entry.name,
    records: check.header.recordsCount,
    bytes: records.byteLength,
  })
  return log.append({ header: check.header, bytes: records })
}

function partitionResponse(index: number, outcome: AppendOutcome): PartitionResponse {
  if (outcome.kind === 'refused') {
    return { index, errorCode: outcome.errorCode, baseOffset: -1, errorMessage: outcome.message }
  }
  const { baseOffset, appendTimeMs, logStartOffset } = outcome
  return { index, errorCode: kafkaError.none, baseOffset, logAppendTimeMs: appendTimeMs, logStartOffset }
}

interface PartitionResponse {
  readonly index: number
  readonly errorCode: number
  readonly baseOffset: number
  readonly logAppendTimeMs?: number
  readonly logStartOffset?: number
  readonly errorMessage?: string | null
}

async function checksumsOf(batches: readonly Uint8Array[], { checksums, core, peer }: Call): Promise<void> {
  for (const batch of batches) {
    if (peer.signal.aborted) return
    checksums.set(batch, await slicedChecksum(batch.subarray(crcStart), core.checksum))
  }
}

export const produce = defineApi({
  name: 'Produce',
  // librdkafka before 2.11.1 also looks for exactly version 0 before it compresses (confluentinc/librdkafka#4956).
  versions: [0, 11],
  request: produceRequest,
  response: produceResponse,
  keepsNothing: true,
  prepare: ({ topicData }, call) => {
    if (call.version < firstVersionWithBatches) return null
    const large = topicData.flatMap(({ partitionData }) =>
      partitionData.flatMap(({ records }) =>
        records !== null && records.byteLength > sliceBytes ? [records] : [],
      ),
    )
    return large.length === 0 ? null : checksumsOf(large, call)
  },
  handle: async (request, call) => {
    const { acks, topicData, transactionalId } = request
    const isAcksValid = acks === -1 || acks === 0 || acks === 1
    // All appends start before the first await: requests that follow on this connection come after them.
    const appends = topicData.map(({ name, partitionData }) => ({
      name,
      outcomes: partitionData.map((data) =>
        isAcksValid
          ? append({ topicName: name, transactionalId }, data, call)
          : refusal(kafkaError.invalidRequiredAcks, `acks ${acks} is not -1, 0 or 1`),
      ),
      indexes: partitionData.map((data) => data.index),
    }))
    let hasFailed = false
    const responses = []
    for (const { name, outcomes, indexes } of appends) {
      const settled = await Promise.all(outcomes)
      for (const [i, outcome] of settled.entries()) {
        if (outcome.kind === 'appended') continue
        hasFailed = true
        const { errorCode, message } = outcome
        call.core.onEvent({
          kind: 'produce-refused',
          topic: name,
          partition: indexes[i] ?? -1,
          errorCode,
          message,
        })
      }
      responses.push({
        name,
        partitionResponses: settled.map((outcome, i) => partitionResponse(indexes[i] ?? -1, outcome)),
      })
    }
    // Without a response, closing is how the client learns of an error (as Kafka does).
    if (acks === 0) return hasFailed ? closeConnection : noResponse
    return { responses }
  },
})
