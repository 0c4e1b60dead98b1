/** Kafka's error codes that this broker answers with. Source: Kafka protocol guide, "Error codes". */
export const kafkaError = {
  unknownServerError: -1,
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  messageTooLarge: 10,
  offsetMetadataTooLarge: 12,
  coordinatorNotAvailable: 15,
  invalidTopic: 17,
  invalidRequiredAcks: 21,
  illegalGeneration: 22,
  inconsistentGroupProtocol: 23,
  invalidGroupId: 24,
  unknownMemberId: 25,
  invalidSessionTimeout: 26,
  rebalanceInProgress: 27,
  invalidTimestamp: 32,
  unsupportedVersion: 35,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  invalidReplicationFactor: 38,
  invalidReplicaAssignment: 39,
  invalidConfig: 40,
  invalidRequest: 42,
  unsupportedForMessageFormat: 43,
  outOfOrderSequenceNumber: 45,
  invalidProducerEpoch: 47,
  invalidTransactionState: 48,
  kafkaStorageError: 56,
  nonEmptyGroup: 68,
  groupIdNotFound: 69,
  fetchSessionIdNotFound: 70,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  unsupportedCompressionType: 76,
  memberIdRequired: 79,
  groupMaxSizeReached: 81,
  fencedInstanceId: 82,
  groupSubscribedToTopic: 86,
  invalidRecord: 87,
  unknownTopicId: 100,
} as const

export type KafkaErrorCode = (typeof kafkaError)[keyof typeof kafkaError]

const names = new Map<number, string>(Object.entries(kafkaError).map(([name, code]) => [code, name]))

/** For logs and metrics. */
export function kafkaErrorName(code: number): string {
  return names.get(code) ?? String(code)
}
