export { startManager } from './start-manager.ts'
export type { ConsoleOptions, ManagerBus, ManagerConfig } from './manager-config.ts'
export { keyvalueConfig, queueConfig } from './config.ts'
export { QueueManagerError, queueManagerErrorCodes, type QueueManagerErrorCode } from './error.ts'
export {
  validatePlan,
  type DevicesByName,
  type PlansByName,
  type PlanValidation,
} from './core/validation/validate-plan.ts'
export { makeListsFile, type ListsFileOptions } from './lists-file.ts'
export type { ListsProblem } from './lists-maker.ts'
export { parsePermissions } from './core/permissions/permissions-schema.ts'
export type { GroupPermissions, UserGroupPermissions } from './core/permissions/permissions-schema.ts'
export { openRedisStore, type RedisStoreOptions } from './redis-store.ts'
export { openSqliteStore } from './sqlite-store.ts'
export type { QueueStore } from './queue-store.ts'
export type { StoreChange, StoredState } from './core/store-change.ts'
export type { HistoryEntry, ItemResult, QueueItem } from './core/item.ts'
export type { ManagerState } from './core/manager-state.ts'
export type { StatusObject } from './core/status.ts'
export type { HeldLock } from './core/lock.ts'
