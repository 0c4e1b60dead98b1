import type { Writer } from '@platformatic/kafka'
import type { ResponseCursor } from './response-cursor.ts'

/* The five requests that carry record batches as they are, which the client library takes apart and puts together again.
 * Versions without tagged fields that Kafka 2.4 up to 4.x and the embedded broker all speak:
 *   Metadata v5      ListOffsets v4      Fetch v11      Produce v8      InitProducerId v1
 * Source: Kafka message schemas MetadataRequest.json, ListOffsetsRequest.json, FetchRequest.json, ProduceRequest.json,
 * InitProducerIdRequest.json. Covered by bench/play-asap.ts and bench/record.ts. */

export interface WireRequest<T> {
  readonly key: number
  readonly version: number
  readonly write: (writer: Writer) => Writer
  readonly read: (cursor: ResponseCursor) => T
  /** acks = 0 has no answer. */
  readonly hasNoAnswer?: boolean
}

export interface BrokerAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export interface TopicMetadata {
  readonly name: string
  readonly errorCode: number
  readonly isInternal: boolean
  /** `leader` is -1 while there is none. */
  readonly partitions: readonly { readonly partition: number; readonly leader: number }[]
}

export interface MetadataAnswer {
  readonly clusterId: string | null
  readonly brokers: readonly BrokerAddress[]
  readonly topics: readonly TopicMetadata[]
}

/* MetadataRequest v5: topics [STRING] (null = all)  allow_auto_topic_creation BOOLEAN
 * Response: throttle I32  brokers [node I32 host STRING port I32 rack NSTRING]  cluster_id NSTRING  controller I32
 *   topics [error I16 name STRING internal BOOLEAN partitions [error I16 index I32 leader I32 replicas [I32] isr [I32] offline [I32]]] */
export function metadataRequest(topics: readonly string[] | null): WireRequest<MetadataAnswer> {
  return {
    key: 3,
    version: 5,
    write: (writer) => {
      writer.appendInt32(topics === null ? -1 : topics.length)
      for (const topic of topics ?? []) writer.appendString(topic, false)
      return writer.appendBoolean(false)
    },
    read: (cursor) => {
      cursor.int32()
      const brokers = cursor.list(() => {
        const broker = { nodeId: cursor.int32(), host: cursor.text(), port: cursor.int32() }
        cursor.nullableText()
        return broker
      })
      const clusterId = cursor.nullableText()
      cursor.int32()
      const topicList = cursor.list(() => ({
        errorCode: cursor.int16(),
        name: cursor.text(),
        isInternal: cursor.int8() !== 0,
        partitions: cursor
          .list(() => {
            cursor.int16()
            const found = { partition: cursor.int32(), leader: cursor.int32() }
            for (let list = 0; list < 3; list++) cursor.list(() => cursor.int32())
            return found
          })
          .toSorted((a, b) => a.partition - b.partition),
      }))
      return { clusterId, brokers, topics: topicList }
    },
  }
}

export const latestOffset = -1
export const earliestOffset = -2

export interface FoundOffset {
  readonly partition: number
  readonly errorCode: number
  /** -1 when no record is that late. */
  readonly offset: number
}

/* ListOffsetsRequest v4: replica I32  isolation I8  topics [name STRING partitions [index I32 epoch I32 timestamp I64]]
 * Response: throttle I32  topics [name STRING partitions [index I32 error I16 timestamp I64 offset I64 epoch I32]] */
export function listOffsetsRequest(
  topic: string,
  wanted: readonly { readonly partition: number; readonly timestampMs: number }[],
): WireRequest<readonly FoundOffset[]> {
  return {
    key: 2,
    version: 4,
    write: (writer) => {
      writer.appendInt32(-1).appendInt8(0).appendInt32(1).appendString(topic, false)
      writer.appendInt32(wanted.length)
      for (const { partition, timestampMs } of wanted)
        writer
          .appendInt32(partition)
          .appendInt32(-1)
          .appendInt64(BigInt(Math.round(timestampMs)))
      return writer
    },
    read: (cursor) => {
      cursor.int32()
      return cursor
        .list(() => {
          cursor.text()
          return cursor.list(() => {
            const partition = cursor.int32()
            const errorCode = cursor.int16()
            cursor.int64()
            const offset = cursor.int64()
            cursor.int32()
            return { partition, errorCode, offset }
          })
        })
        .flat()
    },
  }
}

export interface FetchPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: number
  readonly logStart: number
  /** Record batches as the broker keeps them; the last one may be cut off. */
  readonly records: Buffer
}

/* FetchRequest v11: replica I32  max_wait I32  min_bytes I32  max_bytes I32  isolation I8  session I32  epoch I32
 *   topics [topic STRING partitions [partition I32 leader_epoch I32 offset I64 log_start I64 max_bytes I32]]
 *   forgotten [...]  rack STRING
 * Response: throttle I32  error I16  session I32  topics [topic STRING partitions [partition I32 error I16 high_watermark I64
 *   last_stable I64 log_start I64 aborted [producer I64 first I64] preferred_replica I32 records RECORDS]] */
export function fetchRequest(
  positions: readonly FetchPosition[],
  limits: { readonly maxWaitMs: number; readonly maxBytes: number; readonly partitionMaxBytes: number },
): WireRequest<readonly FetchedPartition[]> {
  return {
    key: 1,
    version: 11,
    write: (writer) => {
      writer.appendInt32(-1).appendInt32(limits.maxWaitMs).appendInt32(1).appendInt32(limits.maxBytes)
      writer.appendInt8(0).appendInt32(0).appendInt32(-1)
      const topics = Map.groupBy(positions, ({ topic }) => topic)
      writer.appendInt32(topics.size)
      for (const [topic, partitions] of topics) {
        writer.appendString(topic, false).appendInt32(partitions.length)
        for (const { partition, offset } of partitions) {
          writer.appendInt32(partition).appendInt32(-1).appendInt64(BigInt(offset)).appendInt64(-1n)
          writer.appendInt32(limits.partitionMaxBytes)
        }
      }
      return writer.appendInt32(0).appendString('', false)
    },
    read: (cursor) => {
      cursor.int32()
      const errorCode = cursor.int16()
      cursor.int32()
      return cursor
        .list(() => {
          const topic = cursor.text()
          return cursor.list(() => readFetchedPartition(cursor, topic, errorCode))
        })
        .flat()
    },
  }
}

function readFetchedPartition(cursor: ResponseCursor, topic: string, requestError: number): FetchedPartition {
  const partition = cursor.int32()
  const errorCode = cursor.int16()
  const highWatermark = cursor.int64()
  cursor.int64()
  const logStart = cursor.int64()
  cursor.list(() => [cursor.int64(), cursor.int64()])
  cursor.int32()
  const records = cursor.bytes()
  return {
    topic,
    partition,
    errorCode: requestError === 0 ? errorCode : requestError,
    highWatermark,
    logStart,
    records,
  }
}

export interface ProducePart {
  readonly topic: string
  readonly partition: number
  readonly batch: Uint8Array
}

export interface ProducedPart {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly baseOffset: number
  readonly message: string | null
}

/* ProduceRequest v8: transactional_id NSTRING  acks I16  timeout I32  topics [name STRING partitions [index I32 records RECORDS]]
 * Response: topics [name STRING partitions [index I32 error I16 base_offset I64 append_time I64 log_start I64
 *   record_errors [index I32 message NSTRING] message NSTRING]]  throttle I32 */
export function produceRequest(
  parts: readonly ProducePart[],
  acks: 0 | 1 | -1,
): WireRequest<readonly ProducedPart[]> {
  return {
    key: 0,
    version: 8,
    hasNoAnswer: acks === 0,
    write: (writer) => {
      writer.appendInt16(-1).appendInt16(acks).appendInt32(30_000)
      const topics = Map.groupBy(parts, ({ topic }) => topic)
      writer.appendInt32(topics.size)
      for (const [topic, partitions] of topics) {
        writer.appendString(topic, false).appendInt32(partitions.length)
        for (const { partition, batch } of partitions) {
          writer.appendInt32(partition).appendInt32(batch.length)
          writer.append(Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength))
        }
      }
      return writer
    },
    read: (cursor) =>
      cursor
        .list(() => {
          const topic = cursor.text()
          return cursor.list(() => {
            const partition = cursor.int32()
            const errorCode = cursor.int16()
            const baseOffset = cursor.int64()
            cursor.int64()
            cursor.int64()
            cursor.list(() => [cursor.int32(), cursor.nullableText()])
            return { topic, partition, errorCode, baseOffset, message: cursor.nullableText() }
          })
        })
        .flat(),
  }
}

export interface ProducerIdentity {
  readonly id: bigint
  readonly epoch: number
}

/* InitProducerIdRequest v1: transactional_id NSTRING  timeout I32.  Response: throttle I32  error I16  id I64  epoch I16 */
export const initProducerIdRequest: WireRequest<{ readonly errorCode: number } & ProducerIdentity> = {
  key: 22,
  version: 1,
  write: (writer) => writer.appendInt16(-1).appendInt32(60_000),
  read: (cursor) => {
    cursor.int32()
    return { errorCode: cursor.int16(), id: cursor.bigInt64(), epoch: cursor.int16() }
  },
}
