export { instrumentNamed, instruments } from './instruments/registry.ts'
export type { Instrument } from './instruments/instrument.ts'
export { LiveDataError, liveDataErrorCodes, type LiveDataErrorCode } from './error.ts'
export { liveDataConfig, liveDataEnvironmentConfig } from './config.ts'
export {
  serviceNames,
  startLiveData,
  type LiveDataConfig,
  type ServiceKind,
} from './service/start-live-data.ts'
export { startFake, type FakeConfig } from './service/start-fake.ts'
