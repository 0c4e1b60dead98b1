import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'

/** Clients from before PRODUCER_FENCED know INVALID_PRODUCER_EPOCH. */
export function fencedFor(version: number, knownFrom: number, errorCode: KafkaErrorCode): KafkaErrorCode {
  const isTooNew = errorCode === kafkaError.producerFenced && version < knownFrom
  return isTooNew ? kafkaError.invalidProducerEpoch : errorCode
}
