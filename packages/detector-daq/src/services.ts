// Services on the user interaction flow: write one, or run those that come with the package.
export type {
  BackgroundService,
  FinishedRequest,
  PostprocessingService,
  PrimaryService,
  RunningFunctions,
  ServiceContext,
  ServiceCounts,
  ServiceFunctions,
} from './services/service-functions.ts'
export {
  startPostprocessingService,
  startPrimaryService,
  type BrokerPlace,
} from './services/broker-services.ts'
export { runServiceFunctions } from './services/run-service.ts'
export { noopService } from './services/noop-service.ts'
export {
  brokerOfSetup,
  brokerOption,
  isYes,
  redisOfEnvironment,
  serviceSetup,
  setupOptions,
  type Environment,
  type ServiceSetup,
} from './services/service-setup.ts'
export {
  numberValue,
  parseProgram,
  textValue,
  type ParsedProgram,
  type ProgramOption,
  type ProgramTable,
  type ProgramValues,
} from './services/program-arguments.ts'
export { serviceLogger, serviceLogLevels, type ServiceLogLevel } from './services/service-log.ts'
export { prepareContainer, type PreparedContainer } from './services/container-config.ts'

// The broker
export { addressText, brokerAddress, type BrokerAddress } from './amqp/broker-address.ts'
export { BrokerClient, type BrokerClientOptions } from './amqp/broker-client.ts'
export type { BrokerStatus, StatusAction } from './amqp/broker-message.ts'
export { StatusAggregator, type RequestState } from './amqp/status-aggregator.ts'

// Redis
export { closeRedis, openRedis, redisAddress, type RedisAddress } from './redis/redis-link.ts'
export { pushServiceConfigs, type ServiceConfig } from './redis/service-config.ts'
export { followStream, type FollowOptions, type StreamFollower } from './redis/stream-follower.ts'
export { keepServiceStatus, type StatusKeeper } from './redis/service-status.ts'

// EPICS
export { epicsBufferConfig, type EpicsBufferConfig } from './epics/buffer-config.ts'
export { startEpicsBuffer, type EpicsBuffer, type EpicsBufferOptions } from './epics/epics-buffer.ts'
export { analyseEpicsFile, EpicsValidator } from './epics/epics-validator.ts'
export { epicsWriterService, writeEpicsFile, epicsWriteRequest } from './epics/epics-writer.ts'
export type { EntryStore, PulseRecord, StoredEntry } from './epics/entry-store.ts'
export { openRedisEntryStore } from './epics/redis-entry-store.ts'
export { openSqliteEntryStore } from './epics/sqlite-entry-store.ts'

// The writer agent
export { detectorWriterService, type DetectorWriterBackend } from './services/detector-writer.ts'
export { restWriter } from './services/rest-writer.ts'
