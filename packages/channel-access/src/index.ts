export { createCaContext } from './client.ts'
export type { CaContext, CaStatistics } from './client.ts'
export type {
  CaChannel,
  ChannelEvents,
  GetOptions,
  Monitor,
  MonitorOptions,
  PutOptions,
} from './shell/channel.ts'
export type { CaUpdate } from './shell/update-buffer.ts'
export type { CaReadType, ChannelInfo } from './core/client-actions.ts'
export type { DiagnosticEvent } from './core/circuit-actions.ts'
export type { CaOptions } from './options.ts'
export { caOptionsFromEnvironment } from './environment.ts'
export { CaError, caErrorCodes } from './error.ts'
export type { CaErrorCode } from './error.ts'
export { eventMask } from './messages/event-add.ts'
export { alarmSeverities, alarmStatuses } from './dbr/alarm.ts'
export { eca, ecaName } from './dbr/eca.ts'
export { dbrForms, nativeTypes } from './dbr/dbr-type.ts'
export type { DbrForm, NativeType } from './dbr/dbr-type.ts'
export type { CaLimits, CaMetadata, CaReading, CaValue, NumberArray } from './dbr/dbr-reading.ts'
export type { CaPutType, CaPutValue } from './dbr/put-value.ts'
export { epicsTimeOfUnixMs, unixNsOf, unixSecondsOf } from './dbr/epics-time.ts'
export type { EpicsTime } from './dbr/epics-time.ts'
export { startRepeater } from './shell/embedded-repeater.ts'
export type { EmbeddedRepeater } from './shell/embedded-repeater.ts'
