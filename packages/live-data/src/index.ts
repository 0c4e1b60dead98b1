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
export { openLiveView, type LiveView, type LiveViewOptions } from './view/open-live-view.ts'
export { gridYaml, openLiveStore, parseGridYaml, type LiveStore } from './view/live-store.ts'
