export { openQueueClient } from './client.ts'
export type { CallOptions, ClientKeys, QueueClient, QueueClientOptions } from './client.ts'
export { QueueClientError } from './error.ts'
export type { QueueClientErrorCode } from './error.ts'
export type { QueueEncoding } from './encoding.ts'
export type { SubscribeOptions } from './subscription.ts'
export type {
  ConsoleMessage,
  DeviceProgress,
  HistoryItem,
  ItemResult,
  JsonValue,
  ManagerReply,
  ManagerState,
  PlanProgress,
  QueueItem,
  QueueStatus,
} from './wire.ts'
