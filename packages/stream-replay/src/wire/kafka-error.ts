import { ReplayError } from '../error.ts'

/** Kafka's error codes that mean something of their own here (Kafka protocol guide, "Error Codes"). */
const names: Readonly<Record<number, string>> = {
  1: 'OFFSET_OUT_OF_RANGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  14: 'COORDINATOR_LOAD_IN_PROGRESS',
  15: 'COORDINATOR_NOT_AVAILABLE',
  10: 'MESSAGE_TOO_LARGE',
  17: 'INVALID_TOPIC_EXCEPTION',
  18: 'RECORD_LIST_TOO_LARGE',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  32: 'INVALID_TIMESTAMP',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  46: 'DUPLICATE_SEQUENCE_NUMBER',
  47: 'INVALID_PRODUCER_EPOCH',
  56: 'KAFKA_STORAGE_ERROR',
  59: 'UNKNOWN_PRODUCER_ID',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
  87: 'INVALID_RECORD',
}

/** Waiting and trying again may help. */
const retriable = new Set([3, 5, 6, 7, 9, 13, 14, 15, 16, 19, 20, 56, 74, 75, 100, 103])

export function isRetriable(errorCode: number): boolean {
  return retriable.has(errorCode)
}

const remedies: Readonly<Record<number, string>> = {
  10: 'Raise max.message.bytes of the topic.',
  18: 'Raise max.message.bytes of the topic.',
  29: 'Ask for access to the topic, or choose another one.',
  32: 'Play with --timestamps now: the topic refuses times that are far from the present.',
  45: 'Another producer wrote with the same id. Start the play anew without --resume.',
}

export function kafkaError(errorCode: number, doing: string, message: string | null = null): ReplayError {
  const name = names[errorCode] ?? `error ${errorCode}`
  if (errorCode === 3 || errorCode === 100)
    return new ReplayError({
      code: 'REPLAY_TOPIC_UNKNOWN',
      message: `${doing}: there is no such topic or partition`,
      remedy: 'Check the name, or create the topic.',
    })
  if (errorCode === 2)
    return new ReplayError({
      code: 'REPLAY_BATCH_DAMAGED',
      message: `${doing}: a batch has another checksum than it says`,
      remedy: 'Look at the recording with `stream verify`; --repair cuts it off at the last good batch.',
    })
  return new ReplayError({
    code: 'REPLAY_REFUSED_BY_BROKER',
    message: `${doing}: ${name}${message === null ? '' : ` (${message})`}`,
    remedy: remedies[errorCode] ?? 'See the message: the broker does not accept this request.',
    canRetry: isRetriable(errorCode),
  })
}
