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
export { gridTemplates } from './view/grid-templates.ts'
export { checkGridYaml, gridYaml, parseGridYaml } from './view/grid-yaml.ts'
export { openLiveStore, type LiveStore } from './view/live-store.ts'
