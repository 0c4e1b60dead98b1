export { busConfig } from './config.ts'
export { openBus } from './open-bus.ts'
export { BusError, busErrorCodes } from './error.ts'
export type { BusErrorCode } from './error.ts'
export type {
  Bus,
  BusAdmin,
  BusCompression,
  BusConnectionState,
  BusHeader,
  BusOptions,
  BusProducer,
  BusRecord,
  BusSasl,
  BusTls,
  ConsumedBatch,
  ConsumeOptions,
  Delivery,
  GroupDescription,
  GroupMember,
  GroupSummary,
  OutgoingRecord,
  PartitionLag,
  PartitionOffsets,
  ProducerOptions,
  TailFrom,
  TailOptions,
  TopicDescription,
  TopicLayout,
  TopicToEnsure,
} from './bus.ts'
