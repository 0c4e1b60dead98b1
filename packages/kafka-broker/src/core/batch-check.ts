import type { Checksum } from './crc32c.ts'
import { type KafkaErrorCode, kafkaError } from './error-codes.ts'
import { type BatchHeader, batchCrc, batchHeaderBytes, readBatchHeader } from './record-batch.ts'

/** What a topic's configuration says about a batch that wants to be appended. */
export interface BatchLimits {
  readonly maxMessageBytes: number
  readonly checksum: Checksum
  /** The checksum of this batch, where it has been computed before. */
  readonly knownCrc?: number | undefined
  readonly produceVersion: number
  readonly nowMs: number
  /** Milliseconds that a record's time may lie before and after now. */
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  readonly isAppendTime: boolean
}

export type BatchCheck =
  | { readonly kind: 'ok'; readonly header: BatchHeader }
  | { readonly kind: 'refused'; readonly errorCode: KafkaErrorCode; readonly message: string }

function refused(errorCode: KafkaErrorCode, message: string): BatchCheck {
  return { kind: 'refused', errorCode, message }
}

/** First version of Produce in which each codec is known; zstd came with 7. */
const zstdFromProduceVersion = 7

/** Checks a produced batch. The order matters: sizes before anything that reads further, the checksum last but cheap checks. */
export function checkBatch(records: Uint8Array, limits: BatchLimits): BatchCheck {
  if (records.byteLength < batchHeaderBytes) {
    return refused(
      kafkaError.corruptMessage,
      `a record batch has at least ${batchHeaderBytes} bytes, this one ${records.byteLength}`,
    )
  }
  const header = readBatchHeader(records)
  if (header.magic !== 2) {
    return refused(
      kafkaError.unsupportedForMessageFormat,
      `message format ${header.magic} is not supported, send format 2`,
    )
  }
  if (header.sizeBytes !== records.byteLength) {
    const message = `exactly one batch per partition: it says ${header.sizeBytes} bytes, the field has ${records.byteLength}`
    return refused(
      header.sizeBytes > records.byteLength ? kafkaError.corruptMessage : kafkaError.invalidRecord,
      message,
    )
  }
  if (records.byteLength > limits.maxMessageBytes) {
    const message = `the batch has ${records.byteLength} bytes, max.message.bytes of the topic is ${limits.maxMessageBytes}`
    return refused(kafkaError.messageTooLarge, message)
  }
  return checkContents(records, { header, limits })
}

function checkContents(records: Uint8Array, known: { header: BatchHeader; limits: BatchLimits }): BatchCheck {
  const { header, limits } = known
  if ((limits.knownCrc ?? batchCrc(records, limits.checksum)) !== header.crc)
    return refused(kafkaError.corruptMessage, 'the checksum of the batch is wrong')
  if (header.recordsCount <= 0 || header.lastOffsetDelta !== header.recordsCount - 1) {
    return refused(
      kafkaError.invalidRecord,
      'lastOffsetDelta has to be recordsCount - 1, and at least one record there',
    )
  }
  if (header.isControl) return refused(kafkaError.invalidRecord, 'clients may not write control batches')
  if (header.codec > 4 || (header.codec === 4 && limits.produceVersion < zstdFromProduceVersion)) {
    return refused(
      kafkaError.unsupportedCompressionType,
      `codec ${header.codec} with Produce version ${limits.produceVersion}`,
    )
  }
  return checkTimes(header, limits)
}

function checkTimes(header: BatchHeader, limits: BatchLimits): BatchCheck {
  if (limits.isAppendTime) return { kind: 'ok', header }
  const tooOld =
    header.baseTimestamp >= 0 && limits.nowMs - header.baseTimestamp > limits.timestampBeforeMaxMs
  const tooNew = header.maxTimestamp - limits.nowMs > limits.timestampAfterMaxMs
  if (tooOld || tooNew) {
    const message = `the times of the batch (${header.baseTimestamp} to ${header.maxTimestamp} ms) are outside of what the topic accepts`
    return refused(kafkaError.invalidTimestamp, message)
  }
  return { kind: 'ok', header }
}
